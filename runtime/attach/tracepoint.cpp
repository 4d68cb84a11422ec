// tracepoint: system calls, through one raw tracepoint for all of a direction (plan.h, SyscallDispatch). A
// perf tracepoint for each would take 55 to 90 ms to detach.
#include "base/strings.h"
#include "runtime/attach/attach.h"
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

Result<void> resolve(const lang::AttachPoint& point, ResolveContext& context,
                     std::vector<Match>& matches) {
  const std::string_view prefix = point.name.starts_with(kEnter) ? kEnter : kExit;
  if (!point.is_syscall() || !point.name.starts_with(prefix))
    return Error{"Unable to attach probe: " + point.text +
                     "; only system-call tracepoints are supported yet",
                 0, "such as tracepoint:syscalls:sys_enter_openat"};
  if (!has_wildcard(point.name)) return resolve_one(point, prefix, context, matches);
  const size_t before = matches.size();
  for (const kernel::SyscallNumber& call : context.facts.syscalls()) {
    const std::string event = std::string(prefix) + call.name;
    if (call.number < plan::kSyscallRows && matches_wildcard(point.name, event))
      matches.push_back(make_match(event, call.number, "tracepoint:syscalls:" + event));
  }
  if (matches.size() == before)
    return Error{"No matches for tracepoint " + point.target + ":" + point.name + ".", 0, {}};
  return {};
}

}  // namespace

const Family kTracepointFamily = {resolve, nullptr};

Result<void> attach_dispatches(const Matches& matches, const AttachContext& context,
                               std::vector<Fd>& attachments) {
  for (const plan::SyscallDispatch& dispatch : context.plan.dispatches) {
    Fd link(open_raw_tracepoint(context.programs[dispatch.program].get(),
                                dispatch.is_enter ? "sys_enter" : "sys_exit"));
    if (!link.is_open()) {
      const uint64_t id =
          dispatch.probes.empty() ? 0 : matches.first_name_id(dispatch.probes[0].probe);
      return attach_error(id ? matches.list[id - 1].name : "tracepoint:syscalls");
    }
    attachments.push_back(std::move(link));
  }
  return {};
}

}  // namespace scry::runtime
