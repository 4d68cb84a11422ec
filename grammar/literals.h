// The values of literals: integers with their prefixes, separators, exponents, suffixes and
// durations; strings with their escapes. What is wrong is reported at the bytes that are wrong.
#pragma once

#include <string>
#include <string_view>

#include "ast/ast.h"
#include "base/source.h"
#include "diag/diagnostics.h"

namespace scry::grammar {

// `text` begins with a digit and holds letters, digits and `_`. A wrong one gives value 0.
ast::Integer decode_integer(std::string_view text, Span span, Diagnostics& diags);

// `text` is what stands between the quotes, `span` its place.
std::string decode_string(std::string_view text, Span span, Diagnostics& diags);

}  // namespace scry::grammar
