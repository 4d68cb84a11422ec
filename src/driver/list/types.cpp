// `struct list_head`, `enum *`: types of the kernel, from BTF.
#include "base/strings.h"
#include "driver/list/family.h"
#include "kernel/btf_text.h"

namespace scry::driver {

bool is_type_pattern(std::string_view pattern) {
  return pattern.starts_with("struct ") || pattern.starts_with("union ") ||
         pattern.starts_with("enum ");
}

Result<void> list_types(const std::string& pattern, const ListOptions& options,
                        kernel::KernelFacts& facts, std::vector<Listed>& found) {
  SCRY_TRY_ASSIGN(kernel::Btf * btf, facts.btf());
  for (const kernel::NamedType& type : kernel::named_types(*btf)) {
    if (!matches_wildcard(pattern, type.name)) continue;
    found.push_back({options.shows_details
                         ? "vmlinux: " + kernel::definition_text(*btf, type.id) + "\n"
                         : type.name,
                     {}});
  }
  return {};
}

}  // namespace scry::driver
