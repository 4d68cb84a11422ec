// Printer: everything a run shows on its output, as text or JSON (language.md 7.3 to 7.5). The two
// renderers are makers of this one interface; nobody else decides on shapes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/output/loss.h"
#include "runtime/output/sink.h"
#include "runtime/output/value.h"

namespace scry::runtime {

// A map as read from the kernel.
struct MapContent {
  struct Entry {
    Value key;  // monostate in a scalar map
    Value value;
  };
  std::string name;
  Type value_type;
  bool is_scalar = false;
  std::vector<Entry> entries;  // in no order; a scalar map that was never set has none
};

// print(@m, top, div): the `top` largest (0: all), values divided by `div` (0: not).
struct PrintLimits {
  uint64_t top = 0;
  uint64_t div = 0;
};

// Who writes a text: JSON's words.
inline constexpr std::string_view kPrintfText = "printf";
inline constexpr std::string_view kTimeText = "time";
inline constexpr std::string_view kCatText = "cat";
inline constexpr std::string_view kSystemText = "syscall";
inline constexpr std::string_view kJoinText = "join";

// Of errorf() and warnf().
struct Message {
  bool is_error = true;
  std::string text;
  std::string file;
  uint32_t line = 0, column = 0;
  std::string place;  // "x.bt:1:2-3: "
};

class Printer {
 public:
  explicit Printer(Sink& sink) : sink_(sink) {}
  virtual ~Printer() = default;

  // `source` is one of the texts above.
  virtual void text(std::string_view source, std::string_view text) = 0;
  virtual void message(const Message& message) = 0;
  virtual void value(const Value& value) = 0;
  // A whole map, sorted. print() shows an unset scalar as its zero value, but for a histogram; at exit it is
  // left out, as empty maps are.
  virtual void map(const MapContent& map, const PrintLimits& limits, bool is_at_exit) = 0;
  // JSON only; text shows it as a banner on stderr, which is the run's matter.
  virtual void attached(size_t probe_count) = 0;
  virtual void lost_events(uint64_t count) = 0;
  // All in one object, if there are any.
  virtual void losses(const std::vector<Loss>& losses, const SourceFile& source) = 0;
  // Before the maps at exit.
  virtual void end_of_events() = 0;

  Sink& sink() { return sink_; }

 private:
  Sink& sink_;
};

std::unique_ptr<Printer> make_text_printer(Sink& sink);
std::unique_ptr<Printer> make_json_printer(Sink& sink);

// Shared by both: the entries in the order they are shown, limited and divided.
std::vector<MapContent::Entry> ordered(const MapContent& map, const PrintLimits& limits);
// The value of a map element that was never set.
Value zero_value(const Type& type);

}  // namespace scry::runtime
