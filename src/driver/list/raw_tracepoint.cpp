// rawtracepoint:MODULE:EVENT and iter:OBJECT, from BTF.
#include "driver/list/family.h"
#include "kernel/btf_text.h"

namespace scry::driver {

Result<void> list_raw_tracepoints(Search& search) {
  SCRY_TRY_ASSIGN(kernel::Btf * btf, search.facts.btf());
  for (const kernel::NamedType& event : kernel::raw_tracepoints(*btf)) {
    Listed listed{"rawtracepoint:vmlinux:" + event.name, {}};
    if (!search.matches(listed.name) && !search.matches("rawtracepoint:" + event.name)) continue;
    if (search.options.shows_details)
      for (const kernel::Btf::Part& argument : kernel::raw_arguments(*btf, event.id))
        listed.details.push_back(kernel::declaration_text(*btf, argument.type, argument.name));
    search.found.push_back(std::move(listed));
  }
  return {};
}

namespace {

// The members; each but plain numbers stands in an anonymous union that aligns it. `meta` is not the object's.
void add_members(kernel::Btf& btf, uint32_t type, int depth, std::vector<std::string>& details) {
  constexpr size_t kMost = 100;
  for (const kernel::Btf::Part& member : btf.parts(type)) {
    if (details.size() >= kMost) return;
    if (member.name.empty() && depth < 4)
      add_members(btf, member.type, depth + 1, details);
    else if (!member.name.empty() && member.name != "meta")
      details.push_back(kernel::declaration_text(btf, member.type, member.name));
  }
}

}  // namespace

Result<void> list_iterators(Search& search) {
  SCRY_TRY_ASSIGN(kernel::Btf * btf, search.facts.btf());
  for (const kernel::NamedType& object : kernel::iterators(*btf)) {
    Listed listed{"iter:" + object.name, {}};
    if (!search.matches(listed.name)) continue;
    if (search.options.shows_details) add_members(*btf, object.id, 0, listed.details);
    search.found.push_back(std::move(listed));
  }
  return {};
}

}  // namespace scry::driver
