#include "lang/software_events.h"

namespace scry::lang {

namespace {

constexpr SoftwareEvent kEvents[] = {
#define SOFTWARE_EVENT(name, alias, config, count) {name, alias, config, count},
#include "lang/software_events.def"
};

}  // namespace

std::span<const SoftwareEvent> software_events() { return kEvents; }

const SoftwareEvent* find_software_event(std::string_view name) {
  for (const SoftwareEvent& event : kEvents)
    if (event.name == name || (!event.alias.empty() && event.alias == name)) return &event;
  return nullptr;
}

}  // namespace scry::lang
