// Where instructions begin in x86-64 code. A probe in the middle of one would change it: the traced program
// would crash or, worse, compute something else.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace scry::target {

// Does an instruction begin at `offset` of the code, which itself begins with one (a function's)? The Error
// says that the decoder's library is missing: it is opened when first needed, so that a start costs nothing
// and scry-run does without it where no such question is asked.
Result<bool> starts_instruction(std::string_view code, uint64_t offset);

}  // namespace scry::target
