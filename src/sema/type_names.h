// Names of types that are no scalars, and the types of tracepoints' fields.
#pragma once

#include <string_view>

#include "types/type.h"

namespace scry::sema {

// A type of the language that has no meaning yet: `timestamp`, `count_t`, …
bool is_unfinished_type(std::string_view name);

// A C type as the kernel writes it in a tracepoint's format: "const char *", "unsigned int", "struct x *".
// A name that is not known here is an integer of `size` bytes.
Type c_type(std::string_view text, uint32_t size, bool is_signed, types::AddressSpace space);

}  // namespace scry::sema
