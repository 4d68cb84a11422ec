// The enums whose constants the runtime shows by name.
#pragma once

#include <vector>

#include "cdefs/definitions.h"
#include "hir/hir.h"
#include "kernel/facts.h"

namespace scry::sema {

// Those, the script's own first, in the values that the program's events carry and its maps hold, each once, with their constants.
std::vector<types::Enumeration> shown_enums(const hir::Program& program,
                                            const cdefs::Definitions& definitions,
                                            kernel::KernelFacts& facts);

}  // namespace scry::sema
