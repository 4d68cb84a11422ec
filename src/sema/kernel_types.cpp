#include "sema/kernel_types.h"

#include <algorithm>

namespace scry::sema {

using kernel::Btf;
using types::AddressSpace;
using types::Kind;

namespace {

constexpr int kDeepest = 16;  // pointers to pointers, arrays of arrays

// What stands before the type behind typedefs and qualifiers.
struct Stripped {
  uint32_t id = 0;
  std::string_view alias;  // the innermost typedef
  bool is_user = false;    // __user, where the kernel's compiler kept it
};

Stripped strip(Btf& btf, uint32_t id) {
  Stripped found;
  for (int depth = 0; depth < kDeepest * 2; ++depth) {
    switch (btf.kind(id)) {
      case Btf::Typedef: found.alias = btf.name(id); break;
      case Btf::TypeTag: found.is_user |= btf.name(id) == "user"; break;
      case Btf::Volatile:
      case Btf::Const:
      case Btf::Restrict: break;
      default: found.id = id; return found;
    }
    id = btf.type(id);
  }
  return found;
}

Type enum_type(Btf& btf, uint32_t id) {
  const auto size = static_cast<uint32_t>(btf.size_of(id));
  const std::string_view name = btf.name(id);
  Type type = types::integer(size, btf.is_signed_enum(id));
  if (name.empty()) return type;
  type.kind = Kind::Enum;
  type.name = name;
  return type;
}

Type integer_type(Btf& btf, uint32_t id) {
  const auto size = static_cast<uint32_t>(btf.size_of(id));
  if (btf.integer(id).is_bool && size == 1) return types::boolean();
  if (size != 1 && size != 2 && size != 4 && size != 8) return types::poison();
  // Kernels since 6.2 are compiled with an unsigned `char`; in the language it is signed.
  const bool is_char = btf.name(id) == "char";
  return types::integer(size, is_char || btf.integer(id).is_signed);
}

Type convert(Btf& btf, uint32_t id, AddressSpace space, int depth) {
  if (depth > kDeepest) return types::poison();
  const Stripped behind = strip(btf, id);
  const std::string_view name = btf.name(behind.id);
  switch (btf.kind(behind.id)) {
    case Btf::Int: return integer_type(btf, behind.id);
    case Btf::Enum:
    case Btf::Enum64: return enum_type(btf, behind.id);
    case Btf::Struct:
    case Btf::Union: return types::structure(std::string(name.empty() ? behind.alias : name));
    case Btf::Forward: return types::structure(std::string(name));
    case Btf::Ptr: {
      const uint32_t target = btf.type(behind.id);
      const bool is_user = behind.is_user || strip(btf, target).is_user;
      Type pointee = convert(btf, target, space, depth + 1);
      if (pointee.is_poison()) pointee = types::none();
      return types::pointer(std::move(pointee), is_user ? AddressSpace::User : space);
    }
    case Btf::Array: {
      const Btf::ArrayOf of = btf.array(behind.id);
      Type element = convert(btf, of.element, space, depth + 1);
      const bool is_text = element.is(Kind::Int) && element.size == 1 && element.is_signed;
      if (element.is_poison()) return element;
      return is_text && of.count > 0 ? types::string(of.count)
                                     : types::array(std::move(element), of.count);
    }
    case Btf::Void:
    case Btf::FunctionPrototype: return types::none();
    default: return types::poison();
  }
}

void add_member_names(Btf& btf, uint32_t record, int depth, std::vector<std::string>& names) {
  if (depth > kDeepest) return;
  for (const Btf::Part& member : btf.parts(btf.strip(record))) {
    if (member.name.empty())
      add_member_names(btf, member.type, depth + 1, names);
    else
      names.emplace_back(member.name);
  }
}

uint32_t find_alignment(Btf& btf, uint32_t id, int depth) {
  if (depth > kDeepest) return 1;
  id = btf.strip(id);
  switch (btf.kind(id)) {
    case Btf::Array: return find_alignment(btf, btf.array(id).element, depth + 1);
    case Btf::Struct:
    case Btf::Union: {
      uint32_t most = 1;
      for (const Btf::Part& member : btf.parts(id))
        most = std::max(most, find_alignment(btf, member.type, depth + 1));
      return most;
    }
    default: return static_cast<uint32_t>(std::max<uint64_t>(btf.size_of(id), 1));
  }
}

}  // namespace

Type kernel_type(Btf& btf, uint32_t id, AddressSpace space) { return convert(btf, id, space, 0); }

uint32_t alignment_of(Btf& btf, uint32_t id) { return find_alignment(btf, id, 0); }

std::vector<std::string> member_names(Btf& btf, uint32_t record) {
  std::vector<std::string> names;
  add_member_names(btf, record, 0, names);
  return names;
}

std::vector<std::string> tag_names(Btf& btf) {
  std::vector<std::string> names;
  for (uint32_t id = 1; id < btf.type_count(); ++id) {
    const Btf::Kind kind = btf.kind(id);
    const bool has_tag = kind == Btf::Struct || kind == Btf::Union || kind == Btf::Enum;
    if (has_tag && !btf.name(id).empty()) names.emplace_back(btf.name(id));
  }
  return names;
}

std::optional<EnumConstant> find_constant(Btf& btf, std::string_view name) {
  for (uint32_t id = 1; id < btf.type_count(); ++id) {
    if (btf.kind(id) != Btf::Enum && btf.kind(id) != Btf::Enum64) continue;
    for (const Btf::Part& constant : btf.parts(id))
      if (constant.name == name) return EnumConstant{enum_type(btf, id), constant.value};
  }
  return {};
}

namespace {

uint32_t enum_id(Btf& btf, std::string_view name) {
  const uint32_t id = btf.find(Btf::Enum, name);
  return id ? id : btf.find(Btf::Enum64, name);
}

}  // namespace

std::vector<types::Enumerator> enum_constants(Btf& btf, std::string_view name) {
  std::vector<types::Enumerator> constants;
  const uint32_t id = enum_id(btf, name);
  if (!id) return constants;
  for (const Btf::Part& constant : btf.parts(id))
    constants.push_back({std::string(constant.name), constant.value});
  return constants;
}

bool has_constant(Btf& btf, std::string_view enum_name, int64_t value) {
  const auto constants = btf.parts(enum_id(btf, enum_name));
  return std::any_of(constants.begin(), constants.end(),
                     [&](const Btf::Part& constant) { return constant.value == value; });
}

std::optional<Type> find_enum(Btf& btf, std::string_view name) {
  const uint32_t id = enum_id(btf, name);
  if (!id) return {};
  return enum_type(btf, id);
}

}  // namespace scry::sema
