// Integer constant expressions of C, over tokens: sizes of arrays, widths of bit fields, values of enums, #if.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "cdefs/tokens.h"

namespace scry::cdefs {

// What a name stands for; nullopt makes the expression none.
using NameValue = std::function<std::optional<int64_t>(const Token& name)>;

// Reads from `at` on, as far as the expression goes, and moves it there. Nullopt where it is no constant. The tokens
// are closed by an End.
std::optional<int64_t> read_constant(const std::vector<Token>& tokens, size_t& at,
                                     const NameValue& value_of);

}  // namespace scry::cdefs
