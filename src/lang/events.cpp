#include "lang/events.h"

#include "base/bytes.h"

namespace scry::lang {

EventLayout event_layout(const EventFormat& format) {
  EventLayout layout;
  layout.size = kRecordArguments;
  for (const Type& argument : format.arguments) {
    const uint32_t align = types::alignment(argument);
    const uint32_t offset = round_up(layout.size, align);
    layout.offsets.push_back(offset);
    layout.size = offset + argument.size;
  }
  layout.size = round_up(layout.size);
  return layout;
}

}  // namespace scry::lang
