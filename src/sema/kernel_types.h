// The kernel's types, from its BTF, as types of the language.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/btf.h"
#include "types/type.h"

namespace scry::sema {

// A struct carries its name only (one without a name: its typedef's), and `char[N]` is a string. Pointers in it
// lead to `space`. Poison for what the language has no type for: floats, 128-bit integers.
Type kernel_type(kernel::Btf& btf, uint32_t id, types::AddressSpace space);

// Of a value of the type, as C aligns it.
uint32_t alignment_of(kernel::Btf& btf, uint32_t id);

// Names of a struct's members, those of anonymous ones included; `record` may be a typedef of it.
std::vector<std::string> member_names(kernel::Btf& btf, uint32_t record);

// `struct`, `union` and `enum` names, for did-you-mean.
std::vector<std::string> tag_names(kernel::Btf& btf);

struct EnumConstant {
  Type type;
  int64_t value = 0;
};
// A constant of any of the kernel's enums.
std::optional<EnumConstant> find_constant(kernel::Btf& btf, std::string_view name);

// The constants of an enum, in the order of its definition; none of an unknown one.
std::vector<types::Enumerator> enum_constants(kernel::Btf& btf, std::string_view name);
bool has_constant(kernel::Btf& btf, std::string_view enum_name, int64_t value);

// An enum by its tag.
std::optional<Type> find_enum(kernel::Btf& btf, std::string_view name);

}  // namespace scry::sema
