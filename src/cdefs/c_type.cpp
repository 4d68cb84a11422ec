#include "cdefs/c_type.h"

namespace scry::cdefs {

using types::AddressSpace;
using types::Kind;

CType of(Type type) {
  const uint32_t alignment = types::alignment(type);
  return {type, type.size, alignment, true, types::to_string(type)};
}

CType opaque(uint64_t size, std::string_view text) {
  return {types::poison(), size, static_cast<uint32_t>(size), true, std::string(text)};
}

CType pointer_to(Type target, bool is_user) {
  return of(types::pointer(std::move(target), is_user ? AddressSpace::User : AddressSpace::None));
}

CType array_of(const CType& element, int64_t count) {
  CType array = element;
  array.size = element.size * static_cast<uint64_t>(count);
  const Type& type = element.type;
  const bool is_text = type.is(Kind::Int) && type.size == 1 && type.is_signed;
  if (is_text && count > 0)
    array.type = types::string(static_cast<uint32_t>(count));
  else if (!type.is_poison())
    array.type = types::array(type, static_cast<uint32_t>(count));
  return array;
}

}  // namespace scry::cdefs
