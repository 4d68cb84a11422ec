// Names of types: those of the language and the C names for the same integers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "types/type.h"

namespace scry::sema {

// `bool`, `int32`, `uint64_t`, `size_t`, `char`, … The sizes are those of 64-bit Linux.
std::optional<Type> scalar_type(std::string_view name);
std::vector<std::string> scalar_type_names();

// A type of the language that has no meaning yet: `timestamp`, `count_t`, …
bool is_unfinished_type(std::string_view name);

// A C type as the kernel writes it in a tracepoint's format: "const char *", "unsigned int", "struct x *".
// A name that is not known here is an integer of `size` bytes.
Type c_type(std::string_view text, uint32_t size, bool is_signed, types::AddressSpace space);

}  // namespace scry::sema
