// Where the members of a struct or union lie: the System V C ABI.
#pragma once

#include <cstdint>

#include "cdefs/definitions.h"

namespace scry::cdefs {

class Layout {
 public:
  Layout(Record& record, bool is_packed) : record_(record), is_packed_(is_packed) {}

  // Of a member of so many bytes: its offset in bits.
  uint64_t place(uint64_t size, uint32_t alignment);
  // Of a bit field of `bits` in a type of `size` bytes. One of 0 bits only ends the unit before it.
  uint64_t place_bits(uint64_t size, uint32_t bits, bool has_name);
  void raise_alignment(uint32_t alignment);
  // After the last member: the size.
  void finish();

 private:
  uint64_t take(uint64_t offset, uint64_t bits);

  Record& record_;
  bool is_packed_;
  uint64_t next_ = 0;  // bit after the last member
  uint64_t end_ = 0;   // bit after the longest
};

}  // namespace scry::cdefs
