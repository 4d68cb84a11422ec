// rawtracepoint: a program for each match. Its name is given when it is attached, or, for a program with typed
// arguments, as a type when it is loaded.
#include "base/strings.h"
#include "runtime/attach/family.h"
#include "runtime/load/bpf.h"

namespace scry::runtime {

namespace {

Result<void> resolve(const lang::AttachPoint& point, ResolveContext& context,
                     std::vector<Match>& matches) {
  const auto add = [&](const std::string& event, std::string name) {
    Match match;
    match.name = std::move(name);
    match.event = event;
    matches.push_back(std::move(match));
  };
  const bool is_pattern = has_wildcard(point.name) || has_wildcard(point.target);
  const auto& events = context.facts.raw_tracepoints();
  const bool is_kernel =
      point.target.empty() || matches_wildcard(point.target, lang::kKernelModule);
  // Without a list the kernel says whether there is one.
  if (!is_pattern && (events.empty() || (is_kernel && events.contains(point.name)))) {
    add(point.name, point.text);
    return {};
  }
  const size_t before = matches.size();
  for (const auto& [event, prototype] : events)
    if (is_kernel && matches_wildcard(point.name, event))
      add(event, "rawtracepoint:" + std::string(lang::kKernelModule) + ":" + event);
  if (matches.size() > before) return {};
  return no_matches(context, point, point.text.substr(point.text.find(':') + 1));
}

}  // namespace

Result<void> attach_raw_tracepoints(const std::vector<const Match*>& matches,
                                    const AttachContext& context, std::vector<Fd>& attachments) {
  for (const Match* match : matches) {
    const plan::Probe& probe = context.plan.probes[match->probe];
    const bool is_typed = context.plan.programs[probe.program].kind == plan::ProgramKind::BtfEvent;
    Fd link(open_raw_tracepoint(program_of(*match, context),
                                is_typed ? nullptr : match->event.c_str()));
    if (!link.is_open()) return attach_error(match->name);
    attachments.push_back(std::move(link));
  }
  return {};
}

const Family kRawTracepointFamily = {resolve, attach_raw_tracepoints};

}  // namespace scry::runtime
