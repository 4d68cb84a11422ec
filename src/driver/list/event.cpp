// Kinds whose names are known beforehand: perf's software and hardware events, and the units of timers. A name ends
// with the colon that a count or a period follows.
#include "driver/list/family.h"

namespace scry::driver {

namespace {

struct EventName {
  const char* name;
  const char* alias;
};

constexpr EventName kSoftware[] = {
#define SOFTWARE_EVENT(name, alias, config, count) {name, alias},
#include "lang/software_events.def"
};

constexpr EventName kHardware[] = {
#define HARDWARE_EVENT(name, alias, config, count) {name, alias},
#include "lang/hardware_events.def"
};

void add(Search& search, std::string_view name) {
  std::string whole = std::string(search.provider) + ":" + std::string(name) + ":";
  if (!name.empty() && search.matches(whole)) search.found.push_back({std::move(whole), {}});
}

}  // namespace

Result<void> list_events(Search& search) {
  const bool is_software = search.kind == lang::ProbeKind::Software;
  for (const EventName& event : is_software ? std::span<const EventName>(kSoftware)
                                            : std::span<const EventName>(kHardware)) {
    add(search, event.name);
    add(search, event.alias);
  }
  return {};
}

Result<void> list_timers(Search& search) {
  for (const char* unit : {"hz", "ms", "s", "us"}) add(search, unit);
  return {};
}

}  // namespace scry::driver
