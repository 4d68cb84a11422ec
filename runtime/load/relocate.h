// Patches a program's instructions with what is only known here and now: descriptors, parameters, offsets.
#pragma once

#include <functional>
#include <vector>

#include "plan/plan.h"

namespace scry::runtime {

// What a relocation stands for on this machine.
struct RelocationValue {
  enum class Kind { Number, MapFd, MapValue, LoadOffset } kind = Kind::Number;
  uint64_t value = 0;  // MapFd, MapValue: the descriptor
  uint32_t bytes = 0;  // LoadOffset: how many there are; a load of more takes no more. 0: enough
};
using RelocationLookup = std::function<Result<RelocationValue>(const plan::Relocation&)>;

// The program's instructions with all its relocations applied. The addend of a relocation stands in the
// immediate of the ld_imm64's first half. An Error names a relocation whose instruction is none.
Result<std::vector<uint64_t>> relocate(const plan::Program& program,
                                       const RelocationLookup& lookup);

}  // namespace scry::runtime
