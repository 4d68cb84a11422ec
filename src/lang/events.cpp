#include "lang/events.h"

namespace scry::lang {

EventLayout event_layout(const EventFormat& format) {
  EventLayout layout;
  layout.size = kRecordArguments;
  for (const Type& argument : format.arguments) {
    const uint32_t align = types::alignment(argument);
    const uint32_t offset = (layout.size + align - 1) / align * align;
    layout.offsets.push_back(offset);
    layout.size = offset + argument.size;
  }
  layout.size = (layout.size + 7) / 8 * 8;
  return layout;
}

}  // namespace scry::lang
