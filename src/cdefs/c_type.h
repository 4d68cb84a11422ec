// A C type while a definition is read: a Type, and the layout that a Type of a struct does not carry.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "types/type.h"

namespace scry::cdefs {

struct CType {
  Type type;
  uint64_t size = 0;
  uint32_t alignment = 1;
  bool is_complete = true;
  std::string text;  // "struct x", for messages
};

// Of what is no struct.
CType of(Type type);
// What the language has no type for: its bytes count, it cannot be read.
CType opaque(uint64_t size, std::string_view text);
CType pointer_to(Type target, bool is_user);
// `char[N]` is a string.
CType array_of(const CType& element, int64_t count);

}  // namespace scry::cdefs
