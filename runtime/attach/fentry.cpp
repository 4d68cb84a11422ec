// fentry and fexit: functions of the kernel by their type in BTF. A program for each, which is loaded for its
// function, so that attaching needs no name.
#include <algorithm>

#include "base/strings.h"
#include "kernel/btf.h"
#include "kernel/btf_text.h"
#include "runtime/attach/family.h"
#include "runtime/load/bpf.h"

namespace scry::runtime {

namespace {

constexpr std::string_view kKernel = "vmlinux";

// Where the kernel says which of its functions can be traced: is it one?
bool is_traceable(kernel::KernelFacts& facts, const std::string& name) {
  const auto traceable = facts.traceable_functions();
  if (!traceable) return true;
  const auto& functions = *traceable.value();
  const auto found = std::lower_bound(
      functions.begin(), functions.end(), name,
      [](const auto& function, const std::string& wanted) { return function.name < wanted; });
  return found != functions.end() && found->name == name;
}

Result<void> resolve(const lang::AttachPoint& point, ResolveContext& context,
                     std::vector<Match>& matches) {
  const std::string provider = lang::row(point.kind).name;
  if (!point.target.empty() && !matches_wildcard(point.target, kKernel))
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
  for (const kernel::NamedType& function : kernel::functions(*btf)) {
    if (!matches_wildcard(point.name, function.name) || !is_traceable(context.facts, function.name))
      continue;
    match.event = function.name;
    match.name = provider + ":" + std::string(kKernel) + ":" + function.name;
    matches.push_back(match);
  }
  if (matches.size() == before) return no_matches(context, point, point.name);
  return {};
}

Result<void> attach(const std::vector<const Match*>& matches, const AttachContext& context,
                    std::vector<Fd>& attachments) {
  for (const Match* match : matches) {
    Fd link(open_raw_tracepoint(program_of(*match, context), nullptr));
    if (!link.is_open()) return attach_error(match->name);
    attachments.push_back(std::move(link));
  }
  return {};
}

}  // namespace

const Family kFentryFamily = {resolve, attach};

}  // namespace scry::runtime
