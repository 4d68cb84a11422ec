// The conversions in a printf format, as far as their arguments are concerned.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace scry::sema {

// One conversion that takes an argument: "d", "s", "rx", "gr", … Also those that are refused: e, f, g, a, n.
// `%%` and conversions that nobody knows are text; flags, width, precision and length are skipped.
std::vector<std::string> conversions(std::string_view format);

}  // namespace scry::sema
