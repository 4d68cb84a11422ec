#include "cdefs/layout.h"

#include <algorithm>

namespace scry::cdefs {

namespace {
constexpr uint64_t up(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }
}  // namespace

void Layout::raise_alignment(uint32_t alignment) {
  record_.alignment = std::max(record_.alignment, alignment);
}

uint64_t Layout::take(uint64_t offset, uint64_t bits) {
  next_ = record_.is_union ? 0 : offset + bits;
  end_ = std::max(end_, offset + bits);
  return offset;
}

uint64_t Layout::place(uint64_t size, uint32_t alignment) {
  if (is_packed_) alignment = 1;
  raise_alignment(alignment);
  return take(up(next_, uint64_t{alignment} * 8), size * 8);
}

uint64_t Layout::place_bits(uint64_t size, uint32_t bits, bool has_name) {
  const uint64_t unit = size * 8;
  if (bits == 0) return take(up(next_, unit), 0);
  uint64_t offset = next_;
  // A bit field does not cross a boundary of its type.
  if (!is_packed_ && offset % unit + bits > unit) offset = up(offset, unit);
  if (has_name && !is_packed_) raise_alignment(static_cast<uint32_t>(size));
  return take(offset, bits);
}

void Layout::finish() { record_.size = up(up(end_, 8) / 8, record_.alignment); }

}  // namespace scry::cdefs
