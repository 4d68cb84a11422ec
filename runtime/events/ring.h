// Consumer of the kernel's ring buffer (BPF_MAP_TYPE_RINGBUF): hands out records in order, where they lie.
// Owns the mappings, not the map's descriptor.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace scry::runtime {

class Ring {
 public:
  // `size` is the map's max_entries.
  static Result<Ring> open(int map_fd, uint32_t size);
  Ring(Ring&& other) noexcept;
  Ring& operator=(Ring&&) = delete;
  ~Ring();

  // Calls visit(record) for at most `limit` records and frees them; true if it stopped for the limit.
  template <typename Visit>
  bool drain(size_t limit, Visit&& visit) {
    std::string_view record;
    for (; limit > 0 && next(record); --limit) {
      visit(record);
      release();
    }
    return limit == 0;
  }
  // Calls visit(record) for every record that is there, and leaves them.
  template <typename Visit>
  void peek(Visit&& visit) {
    const uint64_t before = position_;
    std::string_view record;
    while (next(record)) visit(record);
    position_ = before;
  }
  // False while a record is there or being written.
  bool is_empty() const;

 private:
  Ring() = default;
  // The next complete record, if there is one; moves past it, without freeing it.
  bool next(std::string_view& record);
  void release();

  char* consumer_page_ = nullptr;
  char* producer_pages_ =
      nullptr;  // its position, then the data twice in a row: no record is split
  size_t page_size_ = 0;
  uint32_t size_ = 0;
  uint64_t position_ = 0;
};

}  // namespace scry::runtime
