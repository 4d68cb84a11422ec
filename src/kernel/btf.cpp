#include "kernel/btf.h"

#include <cerrno>
#include <cstring>

#include "base/strings.h"

namespace scry::kernel {

namespace {

constexpr uint32_t kMagic = 0xeb9f;
constexpr uint64_t kHeadSize = 12;  // of every type: name, info, size or type
constexpr int kDeepest = 32;  // of anonymous members and typedef chains; real ones stay below ten

// Bytes that follow the 12-byte head of a type; -1 for a kind from the future, whose size nobody knows.
int64_t tail_size(uint32_t kind, uint32_t count) {
  using enum Btf::Kind;
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
  const std::string_view bytes = bytes_.view();
  uint32_t value = 0;
  if (offset + sizeof value <= bytes.size())
    std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

Result<Btf> Btf::parse(Bytes bytes) {
  Btf btf(std::move(bytes));
  const uint64_t size = btf.bytes_.view().size();
  if (size < 24) return broken("it is shorter than its header");
  if ((btf.word(0) & 0xffff) != kMagic) return broken("it does not start with BTF's magic number");
  const uint64_t header = btf.word(4);
  btf.next_ = header + btf.word(8);
  btf.types_end_ = btf.next_ + btf.word(12);
  btf.strings_begin_ = header + btf.word(16);
  btf.strings_end_ = btf.strings_begin_ + btf.word(20);
  if (btf.types_end_ > size || btf.strings_end_ > size)
    return broken("its sections end beyond its bytes");
  return btf;
}

std::string_view Btf::name_at(uint32_t offset) const {
  const uint64_t begin = strings_begin_ + offset;
  if (begin >= strings_end_) return {};
  const char* text = bytes_.view().data() + begin;
  return {text, strnlen(text, strings_end_ - begin)};
}

bool Btf::walk_on() {
  if (next_ + kHeadSize > types_end_) return false;
  const uint32_t info = word(next_ + 4);
  const int64_t tail = tail_size(info >> 24 & 0x1f, info & 0xffff);
  if (tail < 0 || next_ + kHeadSize + static_cast<uint64_t>(tail) > types_end_) return false;
  starts_.push_back(static_cast<uint32_t>(next_));
  next_ += kHeadSize + static_cast<uint64_t>(tail);
  return true;
}

Btf::Kind Btf::kind(uint32_t id) {
  while (id >= starts_.size() && walk_on()) {
  }
  return id == 0 || id >= starts_.size() ? Void : Kind(word(starts_[id] + 4) >> 24 & 0x1f);
}

bool Btf::is_aggregate(uint32_t id) {
  const Kind own = kind(id);
  return own == Struct || own == Union;
}

uint32_t Btf::strip(uint32_t id) {
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

uint32_t Btf::type_count() {
  while (walk_on()) {
  }
  return static_cast<uint32_t>(starts_.size());
}

std::string_view Btf::name(uint32_t id) {
  return kind(id) == Void ? std::string_view() : name_at(word(starts_[id]));
}

uint32_t Btf::find(Kind kind, std::string_view name) {
  for (uint32_t id = 1; id < starts_.size() || walk_on(); ++id)
    if (this->kind(id) == kind && name_at(word(starts_[id])) == name) return id;
  return 0;
}

uint32_t Btf::type(uint32_t id) { return kind(id) == Void ? 0 : word(starts_[id] + 8); }

Btf::ArrayOf Btf::array(uint32_t id) {
  if (kind(id) != Array) return {};
  return {word(starts_[id] + kHeadSize), word(starts_[id] + kHeadSize + 8)};
}

std::vector<Btf::Part> Btf::parts(uint32_t id) {
  const Kind own = kind(id);
  if (own == Void) return {};
  const uint32_t info = word(starts_[id] + 4);
  const bool is_wide = own == Struct || own == Union || own == Enum64;
  const bool has_bitfields = info >> 31;
  if (!is_wide && own != Enum && own != FunctionPrototype) return {};
  std::vector<Part> parts;
  for (uint32_t i = 0; i < (info & 0xffff); ++i) {
    const uint64_t at = starts_[id] + kHeadSize + uint64_t{is_wide ? 12u : 8u} * i;
    Part part;
    part.name = name_at(word(at));
    if (own == Enum) {
      part.value = has_bitfields ? static_cast<int32_t>(word(at + 4)) : int64_t{word(at + 4)};
    } else if (own == Enum64) {
      part.value = static_cast<int64_t>(uint64_t{word(at + 8)} << 32 | word(at + 4));
    } else {
      part.type = word(at + 4);
      if (is_wide && has_bitfields) part.bit_size = word(at + 8) >> 24;
    }
    parts.push_back(part);
  }
  return parts;
}

uint32_t Btf::find_aggregate(std::string_view name) {
  for (uint32_t id = 1; id < starts_.size() || walk_on(); ++id)
    if (is_aggregate(id) && name_at(word(starts_[id])) == name) return id;
  return 0;
}

bool Btf::find_member(uint32_t id, std::string_view name, int depth, Member& found) {
  if (depth > kDeepest) return false;
  const uint32_t info = word(starts_[id] + 4);
  const bool has_bitfields = info >> 31;
  for (uint32_t i = 0; i < (info & 0xffff); ++i) {
    const uint64_t at = starts_[id] + kHeadSize + uint64_t{12} * i;
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

Result<uint32_t> Btf::field_offset(std::string_view name, std::string_view path) {
  const std::string whole = "struct " + std::string(name);
  uint32_t id = find_aggregate(name);
  if (!id) return Error{"this kernel has no `" + whole + "`", ENOENT, {}};
  uint32_t bits = 0;
  for (const std::string& part : split(path, '.')) {
    Member member;
    if (!is_aggregate(id) || !find_member(id, part, 0, member))
      return Error{
          "no member `" + std::string(path) + "` in `" + whole + "` of this kernel", ENOENT, {}};
    if (member.is_bitfield)
      return Error{"member `" + std::string(path) + "` of `" + whole + "` is a bit field", 0, {}};
    bits += member.bit_offset;
    id = strip(member.type);
  }
  return bits / 8;
}

}  // namespace scry::kernel
