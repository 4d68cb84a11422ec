// The enums whose constants the runtime shows by name.
#pragma once

#include <vector>

#include "hir/hir.h"
#include "kernel/facts.h"

namespace scry::sema {

// Those in the values that the program's events carry and its maps hold, each once, with their constants.
std::vector<types::Enumeration> shown_enums(const hir::Program& program,
                                            kernel::KernelFacts& facts);

}  // namespace scry::sema
