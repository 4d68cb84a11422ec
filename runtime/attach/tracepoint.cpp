// tracepoint. System calls go through one raw tracepoint for all of a direction (plan.h, SyscallDispatch): a
// perf tracepoint for each would take 55 to 90 ms to detach. Others are attached one by one, as raw
// tracepoints where the program allows it.
#include "base/strings.h"
#include "runtime/attach/attach.h"
#include "runtime/attach/perf_event.h"
#include "runtime/load/bpf.h"

namespace scry::runtime {

namespace {

constexpr std::string_view kEnter = "sys_enter_";
constexpr std::string_view kExit = "sys_exit_";

Match make_match(const std::string& event, uint32_t number, std::string name) {
  Match match;
  match.name = std::move(name);
  match.syscall = number;
  match.event = event;
  return match;
}

Result<void> resolve_one(const lang::AttachPoint& point, std::string_view prefix,
                         ResolveContext& context, std::vector<Match>& matches) {
  SCRY_TRY_ASSIGN(const kernel::TracepointFormat format,
                  context.facts.tracepoint(point.target, point.name));
  const auto call = context.facts.syscall(std::string_view(point.name).substr(prefix.size()));
  if (!call)
    return Error{"Unable to attach probe: " + point.text + "; its number is not known", 0, {}};
  matches.push_back(make_match(format.event, call->number, point.text));
  return {};
}

Result<void> resolve_others(const lang::AttachPoint& point, ResolveContext& context,
                            std::vector<Match>& matches) {
  SCRY_TRY_ASSIGN(const auto found, context.facts.tracepoints(point.target, point.name));
  for (const auto& name : found) {
    Match match;
    match.name = "tracepoint:" + name.category + ":" + name.event;
    match.category = name.category;
    match.event = name.event;
    matches.push_back(std::move(match));
  }
  if (found.empty()) return no_matches(context, point, point.target + ":" + point.name);
  return {};
}

Result<void> resolve(const lang::AttachPoint& point, ResolveContext& context,
                     std::vector<Match>& matches) {
  if (!point.is_syscall()) return resolve_others(point, context, matches);
  const std::string_view prefix = point.name.starts_with(kEnter) ? kEnter : kExit;
  if (!has_wildcard(point.name)) return resolve_one(point, prefix, context, matches);
  const size_t before = matches.size();
  for (const kernel::SyscallNumber& call : context.facts.syscalls()) {
    const std::string event = std::string(prefix) + call.name;
    if (call.number < plan::kSyscallRows && matches_wildcard(point.name, event))
      matches.push_back(make_match(event, call.number, "tracepoint:syscalls:" + event));
  }
  if (matches.size() == before) return no_matches(context, point, point.target + ":" + point.name);
  return {};
}

Result<void> attach_perf(const Match& match, const AttachContext& context,
                         std::vector<Fd>& attachments) {
  SCRY_TRY_ASSIGN(const kernel::TracepointFormat format,
                  context.facts.tracepoint(match.category, match.event));
  perf_event_attr event = {};
  event.type = PERF_TYPE_TRACEPOINT;
  event.config = format.id;
  event.sample_period = 1;
  if (!attach_perf_event(event, program_of(match, context), match.name_id, attachments))
    return attach_error(match.name);
  return {};
}

// System calls have been attached as a dispatch.
Result<void> attach(const std::vector<const Match*>& matches, const AttachContext& context,
                    std::vector<Fd>& attachments) {
  const plan::Probe& probe = context.plan.probes[matches[0]->probe];
  if (context.plan.programs[probe.program].kind != plan::ProgramKind::Tracepoint) return {};
  for (const Match* match : matches) {
    if (!context.loaded.is_raw[probe.program]) {
      SCRY_TRY(attach_perf(*match, context, attachments));
      continue;
    }
    const uint64_t cookie = matches.size() > 1 ? match->name_id : 0;
    Fd link(open_raw_tracepoint(program_of(*match, context), match->event.c_str(), cookie));
    // Kernels before 6.10 take no cookie; then no program could have asked for it.
    if (!link.is_open() && cookie != 0)
      link = Fd(open_raw_tracepoint(program_of(*match, context), match->event.c_str()));
    if (!link.is_open()) return attach_error(match->name);
    attachments.push_back(std::move(link));
  }
  return {};
}

}  // namespace

const Family kTracepointFamily = {resolve, attach};

Result<void> attach_dispatches(const Matches& matches, const AttachContext& context,
                               std::vector<Fd>& attachments) {
  for (const plan::SyscallDispatch& dispatch : context.plan.dispatches) {
    std::vector<int> programs = {context.loaded.programs[dispatch.program].get()};
    const auto twin = context.loaded.twins.find(dispatch.program);
    if (twin != context.loaded.twins.end()) programs.push_back(twin->second.program.get());
    // They run in the order in which they are attached.
    for (const int program : programs) {
      Fd link(open_raw_tracepoint(program, dispatch.is_enter ? "sys_enter" : "sys_exit"));
      if (!link.is_open()) {
        const uint64_t id =
            dispatch.probes.empty() ? 0 : matches.first_name_id(dispatch.probes[0].probe);
        return attach_error(id ? matches.list[id - 1].name : "tracepoint:syscalls");
      }
      attachments.push_back(std::move(link));
    }
  }
  return {};
}

}  // namespace scry::runtime
