// Which names read like a type's to somebody who knows no declarations. The parser needs it to read
// `(name) - 1`, the formatter to write it so that it is read the same again. It decides nothing else:
// sema knows what the names mean.
#pragma once

#include <string_view>

namespace scry::ast {

// The language's and C's own type names, the kernel's short ones (u8, __be32, …) and `…_t`.
bool reads_like_type(std::string_view name);

}  // namespace scry::ast
