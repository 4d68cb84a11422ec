#include "sema/format.h"

namespace scry::sema {

namespace {

size_t skip(std::string_view format, size_t at, std::string_view set) {
  while (at < format.size() && set.find(format[at]) != set.npos) ++at;
  return at;
}

}  // namespace

std::vector<std::string> conversions(std::string_view format) {
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::string_view kKnown = "diuxXocpsrefgan";
  std::vector<std::string> found;
  for (size_t i = 0; i < format.size();) {
    if (format[i++] != '%') continue;
    if (format.substr(i).starts_with('%')) {
      ++i;
      continue;
    }
    i = skip(format, skip(format, i, "-+ #0"), kDigits);
    i = skip(format, i, "*");
    if (format.substr(i).starts_with('.')) i = skip(format, i + 1, "*0123456789");
    i = skip(format, i, "hljztL");
    const std::string_view rest = format.substr(i);
    if (rest.starts_with("rx") || rest.starts_with("rh") || rest.starts_with("gr")) {
      found.emplace_back(rest.substr(0, 2));
      i += 2;
    } else if (!rest.empty() && kKnown.find(rest[0]) != kKnown.npos) {
      found.emplace_back(rest.substr(0, 1));
      ++i;
    }
  }
  return found;
}

}  // namespace scry::sema
