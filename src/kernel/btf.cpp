#include "kernel/btf.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
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

bool Btf::is_name(uint32_t offset, std::string_view name) const {
  const uint64_t begin = strings_begin_ + offset;
  if (begin + name.size() >= strings_end_) return false;
  const std::string_view there = bytes_.view().substr(begin, name.size() + 1);
  return there.starts_with(name) && there.back() == '\0';
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
    if (this->kind(id) == kind && is_name(word(starts_[id]), name)) return id;
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

uint64_t Btf::size_of(uint32_t id) {
  uint64_t count = 1;
  for (int depth = 0; depth < kDeepest; ++depth) {
    id = strip(id);
    switch (kind(id)) {
      case Array: {
        const ArrayOf of = array(id);
        count *= of.count;
        id = of.element;
        break;
      }
      case Ptr: return count * 8;
      case Int:
      case Float:
      case Struct:
      case Union:
      case Enum:
      case Enum64: return count * word(starts_[id] + 8);
      default: return 0;
    }
  }
  return 0;
}

Btf::Integer Btf::integer(uint32_t id) {
  constexpr uint32_t kSigned = 1, kBool = 4;  // BTF_INT_ENCODING
  if (kind(id) != Int) return {};
  const uint32_t encoding = word(starts_[id] + kHeadSize) >> 24 & 0xf;
  return {(encoding & kSigned) != 0, (encoding & kBool) != 0};
}

bool Btf::is_signed_enum(uint32_t id) {
  const Kind own = kind(id);
  return (own == Enum || own == Enum64) && word(starts_[id] + 4) >> 31;
}

uint32_t Btf::find_record(std::string_view name) {
  if (name.empty()) return 0;
  const auto known = [&] {
    const auto found = records_.find(name);
    return found == records_.end() ? 0 : found->second;
  };
  if (const uint32_t id = known()) return id;
  // A definition comes before the typedef of the same name: `typedef struct x { … } x`.
  while (indexed_ < starts_.size() || walk_on()) {
    const uint32_t id = indexed_++;
    if (!is_aggregate(id)) continue;
    const std::string_view own = name_at(word(starts_[id]));
    if (!own.empty()) records_.emplace(own, id);
    if (own == name) return known();
  }
  const uint32_t alias = find(Typedef, name), behind = strip(alias);
  if (!is_aggregate(behind)) return 0;
  records_.emplace(this->name(alias), behind);
  return behind;
}

bool Btf::find_member(uint32_t id, std::string_view name, int depth, Place& found) {
  if (depth > kDeepest || name.empty()) return false;
  const uint32_t info = word(starts_[id] + 4);
  const bool has_bitfields = info >> 31;
  for (uint32_t i = 0; i < (info & 0xffff); ++i) {
    const uint64_t at = starts_[id] + kHeadSize + uint64_t{12} * i;
    const uint32_t raw = word(at + 8);
    const uint32_t bits = has_bitfields ? raw & 0xffffff : raw;
    const std::string_view own = name_at(word(at));
    if (own == name) {
      found = {word(at + 4), found.bit_offset + bits, has_bitfields ? raw >> 24 : 0};
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

bool Btf::step(std::string_view step, Place& at) {
  const size_t bracket = std::min(step.find('['), step.size());
  const uint32_t record = strip(at.type);
  if (!is_aggregate(record) || !find_member(record, step.substr(0, bracket), 0, at)) return false;
  for (size_t i = bracket; i < step.size();) {
    uint64_t index = 0;
    const auto [end, failure] =
        std::from_chars(step.data() + i + 1, step.data() + step.size(), index);
    i = static_cast<size_t>(end - step.data()) + 1;
    const uint32_t whole = strip(at.type);
    const bool is_closed = end != step.data() + step.size() && *end == ']';
    if (failure != std::errc() || !is_closed || kind(whole) != Array) return false;
    at.type = array(whole).element;
    at.bit_offset += index * size_of(at.type) * 8;
  }
  return true;
}

Result<Btf::Place> Btf::place(std::string_view name, std::string_view path) {
  const std::string whole = "struct " + std::string(name);
  Place at{find_record(name)};
  if (!at.type) return Error{"this kernel has no `" + whole + "`", ENOENT, {}};
  if (path.empty()) return at;
  for (const std::string& part : split(path, '.'))
    if (!step(part, at))
      return Error{
          "no member `" + std::string(path) + "` in `" + whole + "` of this kernel", ENOENT, {}};
  return at;
}

Result<uint32_t> Btf::field_offset(std::string_view name, std::string_view path) {
  SCRY_TRY_ASSIGN(const Place at, place(name, path));
  const std::string member = "member `" + std::string(path) + "` of `struct " + std::string(name);
  if (path.empty()) return Error{"no member is named", 0, {}};
  if (at.bit_size != 0) return Error{member + "` is a bit field", 0, {}};
  return static_cast<uint32_t>(at.bit_offset / 8);
}

}  // namespace scry::kernel
