#include "codegen/llvm.h"
