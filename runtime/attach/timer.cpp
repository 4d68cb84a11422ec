// interval, profile and software: perf's software events. A timer is its cpu-clock, on one CPU or on all.
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "base/fd.h"
#include "base/strings.h"
#include "lang/software_events.h"
#include "runtime/attach/family.h"
#include "runtime/attach/perf_event.h"
#include "runtime/load/bpf.h"

namespace scry::runtime {

namespace {

constexpr int64_t kShortestPeriod = 1000;  // ns

struct Unit {
  const char* name;
  int64_t ns;  // 0: hertz
};
constexpr Unit kUnits[] = {
    {"hz", 0}, {"s", 1'000'000'000}, {"ms", 1'000'000}, {"us", 1000}, {"ns", 1}};

Result<Rate> rate_of(const lang::AttachPoint& point) {
  const auto count = parse_integer(point.name);
  if (!count || *count <= 0)
    return Error{"Unable to attach probe: " + point.text + "; " +
                     std::string(lang::row(point.kind).name) +
                     " frequency should be a positive integer",
                 0,
                 {}};
  for (const Unit& unit : kUnits) {
    if (point.target != unit.name && !(point.target.empty() && unit.ns == 1)) continue;
    if (unit.ns == 0) return Rate{true, static_cast<uint64_t>(*count)};
    if (*count > INT64_MAX / unit.ns)
      return Error{"Unable to attach probe: " + point.text + "; the interval is too long", 0, {}};
    if (*count * unit.ns < kShortestPeriod)
      return Error{"Invalid rate of " + std::string(lang::row(point.kind).name) +
                       " probe. Minimum is 1000 or 1us. Found: " +
                       std::to_string(*count * unit.ns) + " nanoseconds",
                   0,
                   {}};
    return Rate{false, static_cast<uint64_t>(*count * unit.ns)};
  }
  return Error{point.target + " is not an accepted unit of time", 0,
               "units are s, ms, us, ns and hz"};
}

Result<void> resolve_timer(const lang::AttachPoint& point, ResolveContext&,
                           std::vector<Match>& matches) {
  Match match;
  match.name = point.text;
  match.config = PERF_COUNT_SW_CPU_CLOCK;
  SCRY_TRY_ASSIGN(match.rate, rate_of(point));
  matches.push_back(std::move(match));
  return {};
}

Result<void> resolve_software(const lang::AttachPoint& point, ResolveContext&,
                              std::vector<Match>& matches) {
  const lang::SoftwareEvent* event = lang::find_software_event(point.target);
  if (!event)
    return Error{
        "Unable to attach probe: " + point.text + "; " + point.target + " is not a software probe",
        0,
        {}};
  const auto count = point.name.empty() ? std::optional(static_cast<int64_t>(event->default_count))
                                        : parse_integer(point.name);
  if (!count || *count <= 0)
    return Error{"Unable to attach probe: " + point.text +
                     "; software frequency should be a positive integer",
                 0,
                 {}};
  Match match;
  match.name = point.text;
  match.config = event->config;
  match.rate = {false, static_cast<uint64_t>(*count)};
  matches.push_back(std::move(match));
  return {};
}

// "0-3,5": CPU 0 may be offline, as may those between.
std::vector<int> online_cpus() {
  const auto text = read_file("/sys/devices/system/cpu/online");
  if (!text) return {0};
  std::vector<int> cpus;
  for (const std::string& range : split(trim(text.value()), ',')) {
    const size_t dash = range.find('-');
    const int first = std::atoi(range.c_str());
    const int last = dash == range.npos ? first : std::atoi(range.c_str() + dash + 1);
    for (int cpu = first; cpu <= last; ++cpu) cpus.push_back(cpu);
  }
  return cpus;
}

Result<void> attach_on(int cpu, const Match& match, bool has_cookie, const AttachContext& context,
                       std::vector<Fd>& attachments) {
  perf_event_attr event = {};
  event.type = PERF_TYPE_SOFTWARE;
  event.config = match.config;
  event.freq = match.rate.is_frequency;
  event.sample_period = match.rate.value;  // in a union with the frequency
  event.disabled = 1;
  Fd fd = open_perf_event(event, cpu);
  if (!fd.is_open()) return attach_error(match.name);
  const int program = program_of(match, context);
  if (has_cookie) {
    Fd link(link_perf_event(program, fd.get(), match.name_id));
    if (!link.is_open()) return attach_error(match.name);
    attachments.push_back(std::move(link));
  } else if (::ioctl(fd.get(), PERF_EVENT_IOC_SET_BPF, program) != 0) {
    return attach_error(match.name);
  }
  if (::ioctl(fd.get(), PERF_EVENT_IOC_ENABLE, 0) != 0) return attach_error(match.name);
  attachments.push_back(std::move(fd));
  return {};
}

Result<void> attach_on_one(const std::vector<const Match*>& matches, const AttachContext& context,
                           std::vector<Fd>& attachments) {
  for (const Match* match : matches)
    SCRY_TRY(attach_on(online_cpus().front(), *match, false, context, attachments));
  return {};
}

Result<void> attach_on_all(const std::vector<const Match*>& matches, const AttachContext& context,
                           std::vector<Fd>& attachments) {
  const std::vector<int> cpus = online_cpus();
  for (const Match* match : matches)
    for (const int cpu : cpus)
      SCRY_TRY(attach_on(cpu, *match, matches.size() > 1, context, attachments));
  return {};
}

}  // namespace

const Family kIntervalFamily = {resolve_timer, attach_on_one};
const Family kProfileFamily = {resolve_timer, attach_on_all};
const Family kSoftwareFamily = {resolve_software, attach_on_all};

}  // namespace scry::runtime
