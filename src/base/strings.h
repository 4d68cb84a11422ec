// Small text helpers that the standard library lacks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scry {

std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string_view trim(std::string_view text);
std::string to_lower(std::string_view text);

// Does `text` match `pattern`, where `*` stands for any run of bytes and nothing else is special?
bool matches_wildcard(std::string_view pattern, std::string_view text);
inline bool has_wildcard(std::string_view pattern) { return pattern.find('*') != pattern.npos; }

// The candidate nearest to `word` by edit distance, if it is near enough to be a typo of it.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

// An integer as users write positional parameters: decimal, 0x, 0b, leading-0 octal, `_` separators,
// a leading `-`. Nullopt when the text is not one or does not fit 64 bits.
std::optional<int64_t> parse_integer(std::string_view text);

// The bytes with \n \t \" \\ and \xNN escapes, as they would stand in a script.
std::string escape(std::string_view bytes);

}  // namespace scry
