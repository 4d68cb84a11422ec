#include "runtime/events/events.h"

#include <cstring>

#include "runtime/events/maps.h"

namespace scry::runtime {

using lang::EventKind;

Events::Events(const plan::Plan& plan, const Maps& maps, const Names& names, Printer& printer)
    : plan_(plan), maps_(maps), names_(names), printer_(printer) {
  for (const lang::EventFormat& format : plan.formats)
    prepared_.push_back({&format, lang::event_layout(format), PrintfFormat::parse(format.text)});
}

bool Events::is_exit(std::string_view record) const {
  lang::RecordHeader header;
  if (record.size() < sizeof header) return false;
  std::memcpy(&header, record.data(), sizeof header);
  return header.format < prepared_.size() &&
         prepared_[header.format].format->kind == EventKind::Exit;
}

void Events::handle(std::string_view record) {
  lang::RecordHeader header;
  if (record.size() >= sizeof header) {
    std::memcpy(&header, record.data(), sizeof header);
    if (header.format < prepared_.size() && record.size() >= prepared_[header.format].layout.size) {
      const Prepared& event = prepared_[header.format];
      (this->*kHandlers[static_cast<size_t>(event.format->kind)])(event, record.data());
      return;
    }
  }
  ++malformed_count_;
}

Value Events::argument(const Prepared& event, size_t index, const char* record) const {
  return decode(event.format->arguments[index], record + event.layout.offsets[index], names_);
}

// 0 if the argument is not there.
uint64_t Events::integer(const Prepared& event, size_t index, const char* record) const {
  if (index >= event.format->arguments.size()) return 0;
  const Value value = argument(event, index, record);
  const Integer* integer = std::get_if<Integer>(&value.data);
  return integer ? integer->bits : 0;
}

template <>
void Events::obey<EventKind::Printf>(const Prepared& event, const char* record) {
  arguments_.clear();
  for (size_t i = 0; i < event.format->arguments.size(); ++i)
    arguments_.push_back(argument(event, i, record));
  text_.clear();
  event.printf.format(arguments_, text_);
  printer_.printf_text(text_);
}

template <>
void Events::obey<EventKind::PrintValue>(const Prepared& event, const char* record) {
  printer_.value(argument(event, 0, record));
}

template <>
void Events::obey<EventKind::PrintMap>(const Prepared& event, const char* record) {
  const uint32_t map = event.format->map;
  auto content = read_map(plan_.maps[map], maps_.fd(map), maps_.cpu_count(), names_);
  if (!content) return errors_.push_back(content.error());
  printer_.map(content.value(), {integer(event, 0, record), integer(event, 1, record)}, false);
}

template <>
void Events::obey<EventKind::ClearMap>(const Prepared& event, const char*) {
  const uint32_t map = event.format->map;
  if (auto cleared = clear_map(plan_.maps[map], maps_.fd(map), maps_.cpu_count()); !cleared)
    errors_.push_back(cleared.error());
}

template <>
void Events::obey<EventKind::ZeroMap>(const Prepared& event, const char*) {
  const uint32_t map = event.format->map;
  if (auto zeroed = zero_map(plan_.maps[map], maps_.fd(map), maps_.cpu_count()); !zeroed)
    errors_.push_back(zeroed.error());
}

template <>
void Events::obey<EventKind::Exit>(const Prepared& event, const char* record) {
  if (!exit_status_) exit_status_ = static_cast<int>(integer(event, 0, record) & 0xff);
}

// A kind without its obey<> does not link.
const Events::Handler Events::kHandlers[] = {
#define EVENT(id, summary) &Events::obey<EventKind::id>,
#include "lang/events.def"
};

}  // namespace scry::runtime
