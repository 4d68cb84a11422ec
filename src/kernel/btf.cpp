#include "kernel/btf.h"

#include <cstring>

#include "base/strings.h"

namespace scry::kernel {

namespace {

constexpr uint16_t kMagic = 0xeb9f;
enum Kind : uint32_t {
  Int = 1, Ptr, Array, Struct, Union, Enum, Forward, Typedef, Volatile, Const, Restrict, Function,
  FunctionPrototype, Variable, DataSection, Float, DeclarationTag, TypeTag, Enum64,
};
constexpr int kDeepest = 32;  // of anonymous members and typedef chains; real ones stay below ten

// Bytes that follow the 12-byte head of a type; -1 for a kind from the future, whose size nobody knows.
int64_t tail_size(uint32_t kind, uint32_t count) {
  switch (kind) {
    case Int:
    case Variable:
    case DeclarationTag: return 4;
    case Array: return 12;
    case Struct:
    case Union:
    case DataSection:
    case Enum64: return int64_t{12} * count;
    case Enum:
    case FunctionPrototype: return int64_t{8} * count;
    case Ptr:
    case Forward:
    case Typedef:
    case Volatile:
    case Const:
    case Restrict:
    case Function:
    case Float:
    case TypeTag: return 0;
    default: return -1;
  }
}

Error broken(const char* what) { return Error{std::string("cannot read BTF; ") + what, 0, {}}; }

}  // namespace

uint32_t Btf::word(uint64_t offset) const {
  uint32_t value = 0;
  if (offset + sizeof value <= bytes_.size()) std::memcpy(&value, bytes_.data() + offset, sizeof value);
  return value;
}

Result<Btf> Btf::parse(std::string bytes) {
  Btf btf;
  btf.bytes_ = std::move(bytes);
  uint16_t magic = 0;
  if (btf.bytes_.size() < 24) return broken("it is shorter than its header");
  std::memcpy(&magic, btf.bytes_.data(), sizeof magic);
  if (magic != kMagic) return broken("it does not start with BTF's magic number");
  const uint64_t header = btf.word(4);
  btf.types_begin_ = header + btf.word(8);
  const uint64_t types_end = btf.types_begin_ + btf.word(12);
  btf.strings_begin_ = header + btf.word(16);
  btf.strings_end_ = btf.strings_begin_ + btf.word(20);
  if (types_end > btf.bytes_.size() || btf.strings_end_ > btf.bytes_.size())
    return broken("its sections end beyond its bytes");

  btf.starts_.reserve((types_end - btf.types_begin_) / 24);
  btf.starts_.push_back(0);
  for (uint64_t at = btf.types_begin_; at + 12 <= types_end;) {
    const uint32_t info = btf.word(at + 4);
    const int64_t tail = tail_size(info >> 24 & 0x1f, info & 0xffff);
    if (tail < 0) return broken("it holds a kind of type that this version does not know");
    if (at + 12 + static_cast<uint64_t>(tail) > types_end) return broken("a type is cut short");
    btf.starts_.push_back(static_cast<uint32_t>(at));
    at += 12 + static_cast<uint64_t>(tail);
  }
  return btf;
}

std::string_view Btf::name_at(uint32_t offset) const {
  const uint64_t begin = strings_begin_ + offset;
  if (begin >= strings_end_) return {};
  const char* text = bytes_.data() + begin;
  return {text, strnlen(text, strings_end_ - begin)};
}

std::string_view Btf::type_name(uint32_t id) const { return name_at(word(starts_[id])); }

uint32_t Btf::kind(uint32_t id) const {
  return id == 0 || id >= starts_.size() ? 0 : word(starts_[id] + 4) >> 24 & 0x1f;
}

bool Btf::is_aggregate(uint32_t id) const { return kind(id) == Struct || kind(id) == Union; }

uint32_t Btf::strip(uint32_t id) const {
  for (int depth = 0; depth < kDeepest; ++depth) {
    switch (kind(id)) {
      case Typedef:
      case Volatile:
      case Const:
      case Restrict:
      case TypeTag: id = word(starts_[id] + 8); break;
      default: return id;
    }
  }
  return 0;
}

uint32_t Btf::find_aggregate(std::string_view name) const {
  for (uint32_t id = 1; id < starts_.size(); ++id)
    if (is_aggregate(id) && type_name(id) == name) return id;
  return 0;
}

bool Btf::find_member(uint32_t id, std::string_view name, int depth, Member& found) const {
  if (depth > kDeepest) return false;
  const uint32_t info = word(starts_[id] + 4);
  const bool has_bitfields = info >> 31;
  for (uint32_t i = 0; i < (info & 0xffff); ++i) {
    const uint64_t at = starts_[id] + 12 + uint64_t{12} * i;
    const uint32_t raw = word(at + 8);
    const uint32_t bits = has_bitfields ? raw & 0xffffff : raw;
    const std::string_view own = name_at(word(at));
    if (own == name && !name.empty()) {
      found = {bits, word(at + 4), has_bitfields && raw >> 24 != 0};
      return true;
    }
    const uint32_t inner = own.empty() ? strip(word(at + 4)) : 0;
    if (is_aggregate(inner) && find_member(inner, name, depth + 1, found)) {
      found.bit_offset += bits;
      return true;
    }
  }
  return false;
}

Result<uint32_t> Btf::field_offset(std::string_view name, std::string_view path) const {
  const std::string whole = "struct " + std::string(name);
  uint32_t id = find_aggregate(name);
  if (!id) return Error{"this kernel has no `" + whole + "`", 0, {}};
  uint32_t bits = 0;
  for (const std::string& part : split(path, '.')) {
    if (!is_aggregate(id)) return Error{"no member `" + std::string(path) + "` in `" + whole + "`", 0, {}};
    Member member;
    if (!find_member(id, part, 0, member))
      return Error{"no member `" + part + "` in `" + whole + "` (looking for `" + std::string(path) + "`)", 0,
                   {}};
    if (member.is_bitfield)
      return Error{"member `" + std::string(path) + "` of `" + whole + "` is a bit field", 0, {}};
    bits += member.bit_offset;
    id = strip(member.type);
  }
  return bits / 8;
}

}  // namespace scry::kernel
