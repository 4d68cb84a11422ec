// fentry and fexit: functions of the kernel by their type in BTF. A program for each, which is loaded for its
// function, so that attaching needs no name.
#include <algorithm>

#include "base/strings.h"
#include "kernel/btf.h"
#include "kernel/btf_text.h"
#include "runtime/attach/family.h"

namespace scry::runtime {

namespace {

// Is it among the functions that the kernel lists, sorted, as those that can be traced?
bool is_traceable(const std::vector<kernel::KernelFacts::TraceableFunction>& listed,
                  const std::string& name) {
  const auto found = std::lower_bound(
      listed.begin(), listed.end(), name,
      [](const auto& function, const std::string& wanted) { return function.name < wanted; });
  return found != listed.end() && found->name == name;
}

Result<void> resolve(const lang::AttachPoint& point, ResolveContext& context,
                     std::vector<Match>& matches) {
  const std::string provider = lang::row(point.kind).name;
  if (!point.target.empty() && !matches_wildcard(point.target, lang::kKernelModule))
    return Error{
        "Unable to attach probe: " + point.text + "; functions of modules are not supported yet", 0,
        "kprobe can be placed on them"};
  SCRY_TRY_ASSIGN(kernel::Btf* const btf, context.facts.btf());
  Match match;
  match.name = point.text;
  match.event = point.name;
  if (!has_wildcard(point.name)) {
    if (btf->find(kernel::Btf::Function, point.name) == 0)
      return no_matches(context, point, point.name);
    matches.push_back(std::move(match));
    return {};
  }
  const size_t before = matches.size();
  const auto listed = context.facts.traceable_functions();  // which may not be readable
  for (const kernel::NamedType& function : kernel::functions(*btf)) {
    if (!matches_wildcard(point.name, function.name) ||
        (listed && !is_traceable(*listed.value(), function.name)))
      continue;
    match.event = function.name;
    match.name = provider + ":" + std::string(lang::kKernelModule) + ":" + function.name;
    matches.push_back(match);
  }
  if (matches.size() == before) return no_matches(context, point, point.name);
  return {};
}

}  // namespace

const Family kFentryFamily = {resolve, attach_raw_tracepoints};

}  // namespace scry::runtime
