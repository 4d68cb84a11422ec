// Events: the records a program puts into the ring buffer, laid out once for both sides.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/source.h"
#include "types/type.h"

namespace scry::lang {

enum class EventKind : uint8_t {
#define EVENT(id, summary) id,
#include "lang/events.def"
};

// A positional parameter used as a string: a string type of this size.
inline constexpr uint32_t kParameterSize = 256;

inline constexpr uint32_t kNoMap = UINT32_MAX;

// One call site of an asynchronous function.
struct EventFormat {
  EventKind kind = EventKind::Printf;
  std::string text;             // the format, or Join's separator; escapes resolved
  std::vector<Type> arguments;  // what a record carries
  uint32_t map = kNoMap;        // PrintMap, ClearMap: index of the user map
  Span span;                    // the call, for runtime messages
};

// Every record starts with this; the first argument follows at kRecordArguments.
struct RecordHeader {
  uint32_t format;  // index into the plan's formats
  uint32_t reserved;
};
inline constexpr uint32_t kRecordArguments = sizeof(RecordHeader);

// Offsets of the arguments from the start of the record (C alignment), and the record's size.
struct EventLayout {
  std::vector<uint32_t> offsets;
  uint32_t size = 0;
};
EventLayout event_layout(const EventFormat& format);

}  // namespace scry::lang
