#include "runtime/losses.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "runtime/load/bpf.h"

namespace scry::runtime {

using plan::LossKind;

namespace {

constexpr char kGuard[] = "the kernel runs no probe while another one is at work on the same CPU";

std::string name_of(const plan::Probe& probe) {
  const std::string& first = probe.attach_points.front().text;
  return probe.attach_points.size() == 1 ? first : first + ",…";
}

const char* kind_name(LossKind kind) {
  switch (kind) {
    case LossKind::Event: return "lost_output";
    case LossKind::Run: return "skipped_no_memory";
    case LossKind::FullMap: return "map_full";
    case LossKind::Update: return "map_update_failed";
    case LossKind::Stack: return "lost_stack";
    case LossKind::Division: return "division_by_zero";
    case LossKind::Iterations: return "loop_too_long";
    case LossKind::ReadKernel:
    case LossKind::ReadKernelString:
    case LossKind::ReadUser:
    case LossKind::ReadUserString: return "read_failed";
    case LossKind::MissingKey: return "missing_key";
  }
  return "";
}

// As bpftrace tells of a helper's failure, but once for all of them.
std::string failed_helper(const char* what, uint64_t count, const char* helper) {
  const std::string times = count > 1 ? fmt::format(" ({} times)", count) : "";
  return fmt::format("{}{}\nAdditional Info - helper: {}", what, times, helper);
}

std::string describe(const plan::LossCounter& counter, uint64_t count, const plan::Plan& plan) {
  const std::string probe = name_of(plan.probes[counter.probe]);
  switch (counter.kind) {
    case LossKind::Event:
      return fmt::format(
          "{}: {} outputs were lost here; they came faster than they could be taken away, and the "
          "buffer was full (perf_rb_pages makes it larger)",
          probe, count);
    case LossKind::Run:
      return fmt::format(
          "{}: {} events were skipped; too many probes were at work on one CPU at once", probe,
          count);
    case LossKind::FullMap: {
      const plan::Map& map = plan.maps[counter.map];
      return fmt::format(
          "Map full; can't update element. Try increasing max_map_keys config or manually setting "
          "the max entries in a map declaration e.g. `let {} = hash({})` ({} updates of {} were "
          "refused; it holds {})",
          map.name, uint64_t{map.max_entries} * 2, count, map.name, map.max_entries);
    }
    case LossKind::Update:
      return fmt::format(
          "{} updates of {} failed; the kernel had no memory at hand, or was changing that part of "
          "the map on the same CPU",
          count, plan.maps[counter.map].name);
    case LossKind::Stack:
      return fmt::format("{}: {} stacks have no frames; the run met too many different ones", probe,
                         count);
    case LossKind::Division:
      return "Divide or modulo by 0 detected. This can lead to unexpected results. 1 is being used "
             "as the result." +
             (count > 1 ? fmt::format(" ({} times)", count) : "");
    case LossKind::Iterations:
      return fmt::format(
          "{}: {} loops ended early; the kernel counts to 8388608, the range had more numbers",
          probe, count);
    case LossKind::ReadKernel: return failed_helper("Bad address", count, "probe_read_kernel");
    case LossKind::ReadKernelString:
      return failed_helper("Bad address", count, "probe_read_kernel_str");
    case LossKind::ReadUser:
      return failed_helper("Bad address", count, "probe_read_user, retcode: -14");
    case LossKind::ReadUserString:
      return failed_helper("Bad address", count, "probe_read_user_str, retcode: -14");
    case LossKind::MissingKey:
      return failed_helper("Can't lookup map element because it does not exist.", count,
                           "map_lookup_elem, retcode: 0");
  }
  return "";
}

Loss skipped(const plan::Plan& plan, uint32_t probe, std::string name, uint64_t count) {
  std::string text = fmt::format("{}: {} events were skipped; {}", name, count, kGuard);
  const Span span = plan.probes[probe].attach_points.front().span;
  return {"skipped_by_kernel", count, std::move(name), {}, span, std::move(text)};
}

// One program for several probes, called for every system call.
Loss skipped(const plan::Plan& plan, const plan::SyscallDispatch& dispatch, uint64_t count) {
  const uint32_t first = dispatch.probes.front().probe;
  std::string name = name_of(plan.probes[first]);
  if (dispatch.probes.size() > 1) name += fmt::format(" and {} more", dispatch.probes.size() - 1);
  Loss loss = skipped(plan, first, std::move(name), count);
  loss.text = fmt::format(
      "{}: up to {} events were skipped (the kernel's count is of all system calls); {}",
      loss.probe, count, kGuard);
  return loss;
}

// Is the program one of those that perf's tracepoints and kprobes call, all under one guard for each CPU?
bool is_under_shared_guard(const plan::Plan& plan, const Loaded& loaded, size_t program) {
  const plan::ProgramKind kind = plan.programs[program].kind;
  return kind == plan::ProgramKind::KernelRegisters ||
         (kind == plan::ProgramKind::Tracepoint && !loaded.is_raw[program]);
}

}  // namespace

std::vector<Loss> skipped_runs(const plan::Plan& plan, const Matches& matches, const Loaded& loaded,
                               const std::vector<Fd>& attachments) {
  std::map<uint32_t, uint64_t> by_link;
  for (const Fd& attachment : attachments) {
    const ProgramMisses misses = link_misses(attachment.get());
    if (misses.count > 0) by_link[misses.id] += misses.count;
  }
  const auto count_of = [&](const Fd& program) {
    const ProgramMisses misses = program_misses(program.get());
    const auto found = by_link.find(misses.id);
    return misses.count + (found == by_link.end() ? 0 : found->second);
  };
  std::vector<Loss> losses;
  for (const plan::SyscallDispatch& dispatch : plan.dispatches) {
    uint64_t count = count_of(loaded.programs[dispatch.program]);
    if (const auto twin = loaded.twins.find(dispatch.program); twin != loaded.twins.end())
      count -= std::min(count, twin->second.rescued_count());
    if (count > 0 && !dispatch.probes.empty()) losses.push_back(skipped(plan, dispatch, count));
  }
  for (uint32_t i = 0; i < plan.probes.size(); ++i) {
    const uint32_t program = plan.probes[i].program;
    if (plan::is_dispatch(plan, program)) continue;
    if (const uint64_t count = count_of(loaded.programs[program]))
      losses.push_back(skipped(plan, i, name_of(plan.probes[i]), count));
  }
  for (const auto& [name_id, program] : loaded.match_programs) {
    const Match& match = matches.list[name_id - 1];
    if (const uint64_t count = count_of(program))
      losses.push_back(skipped(plan, match.probe, match.name, count));
  }
  return losses;
}

std::vector<Loss> counted_losses(const plan::Plan& plan, const Maps& maps) {
  std::vector<Loss> losses;
  for (size_t i = 0; i < plan.counters.size(); ++i) {
    const plan::LossCounter& counter = plan.counters[i];
    const uint64_t count = maps.counter(i);
    if (count == 0) continue;
    const bool has_map = counter.map < plan.maps.size();
    losses.push_back({kind_name(counter.kind), count, name_of(plan.probes[counter.probe]),
                      has_map ? plan.maps[counter.map].name : "", counter.span,
                      describe(counter, count, plan)});
  }
  return losses;
}

uint64_t lost_event_count(const plan::Plan& plan, const Maps& maps) {
  uint64_t total = 0;
  for (size_t i = 0; i < plan.counters.size(); ++i)
    if (plan.counters[i].kind == LossKind::Event) total += maps.counter(i);
  return total;
}

// Before Linux 6.7 trace_call_bpf() skips without counting. An event can meet another program only if there are
// two that can be at work at once; kprobes alone hardly ever do, as few of what programs call can be probed.
std::string uncounted_probes(const plan::Plan& plan, const Loaded& loaded) {
  if (kernel_is_at_least(6, 7)) return "";
  std::vector<std::string> names;
  bool has_tracepoint = false;
  for (const plan::Probe& probe : plan.probes) {
    if (!is_under_shared_guard(plan, loaded, probe.program)) continue;
    names.push_back(name_of(probe));
    has_tracepoint |= plan.programs[probe.program].kind == plan::ProgramKind::Tracepoint;
  }
  if (!has_tracepoint || names.size() + loaded.match_programs.size() < 2) return "";
  return fmt::format(
      "{} and {}: events may be missing; {}, and before Linux 6.7 it does not count what it skips",
      names.front(), names.size() > 1 ? names[1] : "others of its kind", kGuard);
}

}  // namespace scry::runtime
