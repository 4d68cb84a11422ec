#include "runtime/events/events.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/fd.h"
#include "diag/render.h"
#include "runtime/command.h"
#include "runtime/events/maps.h"
#include "runtime/output/time.h"

namespace scry::runtime {

using lang::EventKind;

Events::Events(const plan::Plan& plan, const Maps& maps, const Names& names, Printer& printer,
               EventOptions options)
    : plan_(plan), maps_(maps), names_(names), printer_(printer), options_(options) {
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

const std::string& Events::formatted(const Prepared& event, const char* record) {
  arguments_.clear();
  for (size_t i = 0; i < event.format->arguments.size(); ++i)
    arguments_.push_back(argument(event, i, record));
  text_.clear();
  event.printf.format(arguments_, text_);
  return text_;
}

void Events::complain(const std::string& text) {
  static_cast<void>(printer_.sink().flush());
  std::fputs(("ERROR: " + text + "\n").c_str(), stderr);
}

void Events::message(const Prepared& event, const char* record, bool is_error) {
  if (!source_) source_.emplace(plan_.source_name, plan_.source);
  const Span span = event.format->span;
  const Location at = source_->location(span.begin);
  printer_.message({is_error, formatted(event, record), source_->name(), at.line, at.column,
                    diag::place(*source_, span)});
}

template <>
void Events::obey<EventKind::Printf>(const Prepared& event, const char* record) {
  printer_.text(kPrintfText, formatted(event, record));
}

template <>
void Events::obey<EventKind::Errorf>(const Prepared& event, const char* record) {
  message(event, record, true);
}

template <>
void Events::obey<EventKind::Warnf>(const Prepared& event, const char* record) {
  if (options_.shows_warnings) message(event, record, false);
}

template <>
void Events::obey<EventKind::Cat>(const Prepared& event, const char* record) {
  const std::string& path = formatted(event, record);
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open())
    return complain(fmt::format("failed to open file '{}' ({})", path, std::strerror(errno)));
  // Not by read_fd: a longer file is cut, not refused.
  std::string text(options_.max_cat_bytes, '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) complain(fmt::format("failed to read file '{}' ({})", path, std::strerror(errno)));
    if (got <= 0) break;
    size += static_cast<size_t>(got);
  }
  printer_.text(kCatText, std::string_view(text).substr(0, size));
}

template <>
void Events::obey<EventKind::System>(const Prepared& event, const char* record) {
  static_cast<void>(printer_.sink().flush());
  const auto done = run_command(formatted(event, record));
  if (!done) return complain(done.error().message());
  printer_.text(kSystemText, done.value().output);
  if (done.value().status != 0)
    complain(fmt::format("command exited with code {}", done.value().status));
}

// The first half of the arguments are the addresses: the list ends before a null pointer.
template <>
void Events::obey<EventKind::Join>(const Prepared& event, const char* record) {
  const size_t most = event.format->arguments.size() / 2;
  text_.clear();
  for (size_t i = 0; i < most && integer(event, i, record) != 0; ++i) {
    if (i > 0) text_ += event.format->text;
    text_ += to_text(argument(event, most + i, record));
  }
  printer_.text(kJoinText, text_);
}

template <>
void Events::obey<EventKind::Time>(const Prepared& event, const char*) {
  printer_.text(kTimeText, wall_time_text(event.format->text));
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
