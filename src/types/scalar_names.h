// Names of integers: those of the language and the C names for the same types.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "types/type.h"

namespace scry::types {

// `bool`, `int32`, `uint64_t`, `size_t`, `char`, … The sizes are those of 64-bit Linux.
std::optional<Type> scalar_type(std::string_view name);
std::vector<std::string> scalar_type_names();

}  // namespace scry::types
