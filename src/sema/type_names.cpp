#include "sema/type_names.h"

#include <algorithm>

#include "base/strings.h"
#include "types/scalar_names.h"

namespace scry::sema {

bool is_unfinished_type(std::string_view name) {
  constexpr std::string_view kNames[] = {
      "string",  "buffer",   "inet",      "count_t",   "sum_t",         "usum_t",
      "min_t",   "umin_t",   "max_t",     "umax_t",    "avg_t",         "uavg_t",
      "stats_t", "ustats_t", "timestamp", "macaddr_t", "cgroup_path_t", "username_t"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

Type c_type(std::string_view text, uint32_t size, bool is_signed, types::AddressSpace space) {
  std::string base;
  size_t pointers = 0;
  for (const std::string& word : split(text, ' ')) {
    std::string name;
    for (char c : word) c == '*' ? static_cast<void>(++pointers) : name.push_back(c);
    if (name.empty() || name == "const" || name == "volatile" || name == "__user") continue;
    base += (base.empty() ? "" : " ") + name;
  }
  Type type = types::integer(size, is_signed);
  if (const auto known = types::scalar_type(base)) {
    type = *known;
  } else if (pointers > 0) {
    const bool has_tag = base.starts_with("struct ") || base.starts_with("union ");
    type = has_tag ? types::structure(base.substr(base.find(' ') + 1)) : types::none();
  }
  for (; pointers > 0; --pointers) type = types::pointer(std::move(type), space);
  return type;
}

}  // namespace scry::sema
