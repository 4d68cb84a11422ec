// Sizes of data.
#pragma once

namespace scry {

// The least multiple of `to` that is not below `size`; by default in words of eight bytes, as the kernel
// lays out the values of maps.
template <typename Size>
constexpr Size round_up(Size size, Size to = 8) {
  return (size + to - 1) / to * to;
}

}  // namespace scry
