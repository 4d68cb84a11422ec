// tracepoint:CATEGORY:EVENT, from tracefs.
#include <algorithm>

#include "base/strings.h"
#include "driver/list/family.h"

namespace scry::driver {

namespace {

// "char prev_comm[16]", "__data_loc char[] filename", "const char * filename".
std::string detail_of(const kernel::TracepointField& field) {
  if (field.is_data_loc) return "__data_loc " + field.type + " " + field.name;
  const size_t bracket = field.type.find('[');
  if (bracket == field.type.npos || field.type.starts_with("__rel_loc"))
    return field.type + " " + field.name;
  return std::string(trim(std::string_view(field.type).substr(0, bracket))) + " " + field.name +
         field.type.substr(bracket);
}

}  // namespace

Result<void> list_tracepoints(Search& search) {
  // Two colons in the pattern are the two of a name: then only matching categories need to be read.
  const std::vector<std::string> parts = split(search.pattern, ':');
  const bool is_split = parts.size() == 3;
  SCRY_TRY_ASSIGN(const auto names,
                  search.facts.tracepoints(is_split ? parts[1] : "*", is_split ? parts[2] : "*"));
  for (const kernel::KernelFacts::TracepointName& name : names) {
    // The records of the tracers themselves: they cannot be enabled.
    if (name.category == "ftrace") continue;
    Listed listed{"tracepoint:" + name.category + ":" + name.event, {}};
    if (!search.matches(listed.name)) continue;
    if (search.options.shows_details) {
      SCRY_TRY_ASSIGN(const kernel::TracepointFormat format,
                      search.facts.tracepoint(name.category, name.event));
      for (const kernel::TracepointField& field : format.fields)
        listed.details.push_back(detail_of(field));
    }
    search.found.push_back(std::move(listed));
  }
  return {};
}

}  // namespace scry::driver
