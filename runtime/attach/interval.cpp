// interval: a timer of the kernel's cpu-clock on one CPU.
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "base/strings.h"
#include "runtime/attach/family.h"

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
    return Error{"Unable to attach probe: " + point.text +
                     "; interval frequency should be a positive integer",
                 0,
                 {}};
  for (const Unit& unit : kUnits) {
    if (point.target != unit.name && !(point.target.empty() && unit.ns == 1)) continue;
    if (unit.ns == 0) return Rate{true, static_cast<uint64_t>(*count)};
    if (*count > INT64_MAX / unit.ns)
      return Error{"Unable to attach probe: " + point.text + "; the interval is too long", 0, {}};
    if (*count * unit.ns < kShortestPeriod)
      return Error{"Invalid rate of interval probe. Minimum is 1000 or 1us. Found: " +
                       std::to_string(*count * unit.ns) + " nanoseconds",
                   0,
                   {}};
    return Rate{false, static_cast<uint64_t>(*count * unit.ns)};
  }
  return Error{point.target + " is not an accepted unit of time", 0,
               "units are s, ms, us, ns and hz"};
}

Result<void> resolve(const lang::AttachPoint& point, ResolveContext&, std::vector<Match>& matches) {
  Match match;
  match.name = point.text;
  SCRY_TRY_ASSIGN(match.rate, rate_of(point));
  matches.push_back(std::move(match));
  return {};
}

// CPU 0 may be offline.
int first_online_cpu() {
  const auto online = read_file("/sys/devices/system/cpu/online");
  return online ? std::atoi(online.value().c_str()) : 0;
}

Result<void> attach(const std::vector<const Match*>& matches, const AttachContext& context,
                    std::vector<Fd>& attachments) {
  for (const Match* match : matches) {
    perf_event_attr event = {};
    event.size = sizeof event;
    event.type = PERF_TYPE_SOFTWARE;
    event.config = PERF_COUNT_SW_CPU_CLOCK;
    event.freq = match->rate.is_frequency;
    event.sample_period = match->rate.value;  // in a union with the frequency
    event.disabled = 1;
    Fd fd(static_cast<int>(
        ::syscall(SYS_perf_event_open, &event, -1, first_online_cpu(), -1, PERF_FLAG_FD_CLOEXEC)));
    const int program = context.programs[context.plan.probes[match->probe].program].get();
    if (!fd.is_open() || ::ioctl(fd.get(), PERF_EVENT_IOC_SET_BPF, program) != 0 ||
        ::ioctl(fd.get(), PERF_EVENT_IOC_ENABLE, 0) != 0)
      return attach_error(match->name);
    attachments.push_back(std::move(fd));
  }
  return {};
}

}  // namespace

const Family kIntervalFamily = {resolve, attach};

}  // namespace scry::runtime
