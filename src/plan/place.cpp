#include "plan/place.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace scry::plan {

std::string place_in(const Plan& plan, Span span) {
  if (plan.source.empty()) return "";
  const SourceFile source(plan.source_name, plan.source);
  const Location location = source.location(span.begin);
  return fmt::format(". At {}:{}: {}", source.name(), location.line,
                     trim(source.line(location.line)));
}

}  // namespace scry::plan
