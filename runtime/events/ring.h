// Consumer of the kernel's ring buffer (BPF_MAP_TYPE_RINGBUF): copies records out, in order, and so frees
// their place at once. Owns the mappings, not the map's descriptor. One thread at a time may use it.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace scry::runtime {

// Records as they lie in the ring buffer, head by head.
struct RecordBytes {
  std::vector<char> bytes;  // its size is the room there is
  size_t used = 0;

  bool is_empty() const { return used == 0; }
};

class Ring {
 public:
  // `size` is the map's max_entries.
  static Result<Ring> open(int map_fd, uint32_t size);
  Ring(Ring&& other) noexcept;
  Ring& operator=(Ring&&) = delete;
  ~Ring();

  // Appends the complete records that are there now and for which there is room, and frees them; the number of
  // bytes. Room of nothing yet is made as large as its first record.
  size_t take(RecordBytes& to);
  // Bytes of the records that are there or being written.
  size_t pending() const;
  bool is_empty() const { return pending() == 0; }

 private:
  Ring() = default;
  uint32_t head_at(uint64_t position) const;

  char* consumer_page_ = nullptr;
  char* producer_pages_ = nullptr;  // its position, then the data: a record may be split at its end
  size_t page_size_ = 0;
  uint32_t size_ = 0;
  uint64_t position_ = 0;
};

// The record's head: its length, and two flags.
inline constexpr uint32_t kRecordHead = 8;
inline constexpr uint32_t kRecordBusy = 1u << 31, kRecordDiscarded = 1u << 30;

// Bytes that a record with this head takes.
constexpr uint64_t whole_record(uint32_t head) {
  return round_up(uint64_t{head & ~(kRecordBusy | kRecordDiscarded)} + kRecordHead);
}

// Calls visit(record) for each record.
template <typename Visit>
void for_each_record(const RecordBytes& records, Visit&& visit) {
  for (size_t at = 0; at < records.used;) {
    uint32_t head;
    std::memcpy(&head, records.bytes.data() + at, sizeof head);
    if (!(head & kRecordDiscarded))
      visit(std::string_view(records.bytes.data() + at + kRecordHead, head));
    at += whole_record(head);
  }
}

}  // namespace scry::runtime
