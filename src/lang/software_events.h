// The events of `software:` probes (software_events.def).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace scry::lang {

struct SoftwareEvent {
  std::string_view name;
  std::string_view alias;  // "" for none
  uint64_t config;         // perf's number
  uint64_t default_count;  // events for one run of the program
};

std::span<const SoftwareEvent> software_events();
// By name or alias; null when there is none.
const SoftwareEvent* find_software_event(std::string_view name);

}  // namespace scry::lang
