#include "types/type.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"

namespace scry::types {

bool Field::operator==(const Field& other) const {
  return name == other.name && offset == other.offset && *type == *other.type;
}

bool Type::operator==(const Type& other) const {
  if (kind != other.kind || is_signed != other.is_signed || size != other.size ||
      count != other.count || address_space != other.address_space || name != other.name ||
      min != other.min || max != other.max || step != other.step || fields != other.fields)
    return false;
  if (!element || !other.element) return !element && !other.element;
  return *element == *other.element;
}

bool Type::is_scalar() const {
  return kind == Kind::Bool || kind == Kind::Int || kind == Kind::Enum || kind == Kind::Pointer ||
         kind == Kind::ProbeName;
}

namespace {

Type make(Kind kind, uint32_t size) {
  Type type;
  type.kind = kind;
  type.size = size;
  return type;
}

}  // namespace

Type poison() { return make(Kind::Poison, 0); }
Type none() { return make(Kind::None, 0); }
Type boolean() { return make(Kind::Bool, 1); }

Type integer(uint32_t size, bool is_signed) {
  Type type = make(Kind::Int, size);
  type.is_signed = is_signed;
  return type;
}

Type string(uint32_t size) { return make(Kind::String, size); }

Type pointer(Type pointee, AddressSpace space) {
  Type type = make(Kind::Pointer, 8);
  type.address_space = space;
  type.element = std::make_shared<const Type>(std::move(pointee));
  return type;
}

Type array(Type element, uint32_t count) {
  Type type = make(Kind::Array, element.size * count);
  type.count = count;
  type.element = std::make_shared<const Type>(std::move(element));
  return type;
}

Type structure(std::string name) {
  Type type = make(Kind::Struct, 0);
  type.name = std::move(name);
  return type;
}

Type tuple(std::vector<Type> elements) {
  Type type = make(Kind::Tuple, 0);
  uint32_t align = 1;
  for (Type& element : elements) {
    const uint32_t own = alignment(element);
    align = std::max(align, own);
    const uint32_t offset = round_up(type.size, own);
    type.size = offset + element.size;
    type.fields.push_back({"", std::make_shared<const Type>(std::move(element)), offset});
  }
  type.size = round_up(type.size, align);
  return type;
}

Type probe_name() { return make(Kind::ProbeName, 8); }

Type stack(Kind kind, std::string mode, uint32_t most_frames) {
  Type type = make(kind, kind == Kind::KernelStack ? 8 : 16);
  type.name = std::move(mode);
  type.count = most_frames;
  return type;
}

Type symbol(Kind kind) { return make(kind, kind == Kind::KernelSymbol ? 8 : 16); }

Type buffer(uint32_t most_bytes) { return make(Kind::Buffer, most_bytes + 4); }

Type inet() { return make(Kind::Inet, 20); }

Type mac_address() { return make(Kind::MacAddress, 6); }

Type username() { return make(Kind::Username, 8); }

Type timestamp(std::string format) {
  Type type = make(Kind::Timestamp, 8);
  type.name = std::move(format);
  return type;
}

Type aggregation(Kind kind, bool is_signed) {
  Type type = make(kind, kind == Kind::Count ? 8 : 16);
  type.is_signed = is_signed;
  return type;
}

Type hist(uint32_t bits) {
  Type type = make(Kind::Hist, 8);
  type.count = bits;
  return type;
}

Type lhist(int64_t min, int64_t max, int64_t step) {
  Type type = make(Kind::Lhist, 8);
  type.min = min, type.max = max, type.step = step;
  return type;
}

uint32_t alignment(const Type& type) {
  switch (type.kind) {
    case Kind::Poison:
    case Kind::None:
    case Kind::Bool:
    case Kind::String:
    case Kind::MacAddress: return 1;
    case Kind::Int:
    case Kind::Enum: return type.size;
    case Kind::Buffer:
    case Kind::Inet: return 4;
    case Kind::Array: return alignment(*type.element);
    case Kind::Struct:
    case Kind::Tuple:
    case Kind::Record: {
      uint32_t align = 1;
      for (const Field& field : type.fields) align = std::max(align, alignment(*field.type));
      return align;
    }
    case Kind::Pointer:
    case Kind::ProbeName:
    case Kind::KernelSymbol:
    case Kind::UserSymbol:
    case Kind::KernelStack:
    case Kind::UserStack:
    case Kind::Username:
    case Kind::CgroupPath:
    case Kind::Timestamp:
    case Kind::Count:
    case Kind::Sum:
    case Kind::Avg:
    case Kind::Min:
    case Kind::Max:
    case Kind::Stats:
    case Kind::Hist:
    case Kind::Lhist:
    case Kind::Tseries: return 8;
  }
  SCRY_CHECK(false);
}

Type widen(const Type& a, const Type& b) {
  if (a.is_poison() || b.is_poison()) return poison();
  if (a == b) return a;
  if (a.is(Kind::Int) && b.is(Kind::Int)) {
    if (a.is_signed == b.is_signed) return integer(std::max(a.size, b.size), a.is_signed);
    const Type& u = a.is_signed ? b : a;
    const Type& s = a.is_signed ? a : b;
    return integer(std::min(8u, std::max(s.size, u.size * 2)), true);
  }
  if (a.is(Kind::String) && b.is(Kind::String)) return string(std::max(a.size, b.size));
  if (a.is(Kind::Pointer) && b.is(Kind::Pointer)) return a;
  if (a.is(Kind::Tuple) && b.is(Kind::Tuple) && a.fields.size() == b.fields.size()) {
    std::vector<Type> elements;
    for (size_t i = 0; i < a.fields.size(); ++i) {
      elements.push_back(widen(*a.fields[i].type, *b.fields[i].type));
      if (elements.back().is_poison()) return poison();
    }
    return tuple(std::move(elements));
  }
  return poison();
}

uint64_t extreme_mask(const Type& type) {
  const uint64_t sign = type.is_signed ? uint64_t{1} << 63 : 0;
  return type.is(Kind::Min) ? ~sign : sign;
}

uint32_t hist_bucket_count(const Type& type) {
  if (type.is(Kind::Lhist)) return static_cast<uint32_t>((type.max - type.min) / type.step) + 2;
  SCRY_CHECK(type.is(Kind::Hist));
  // One for negatives, 2^bits single values, then 2^bits sub-buckets for each further power of two.
  const uint32_t sub = 1u << type.count;
  return 1 + sub + (64 - type.count) * sub;
}

namespace {

std::string sign_prefix(const Type& type) { return type.is_signed ? "" : "u"; }

std::string list(const Type& type) {
  std::string out;
  for (const Field& field : type.fields) {
    if (!out.empty()) out += ",";
    if (!field.name.empty()) out += field.name + "=";
    out += to_string(*field.type);
  }
  return out;
}

}  // namespace

std::string to_string(const Type& type) {
  switch (type.kind) {
    case Kind::Poison: return "unknown";
    case Kind::None: return "none";
    case Kind::Bool: return "bool";
    case Kind::Int: return fmt::format("{}int{}", type.is_signed ? "" : "u", type.size * 8);
    case Kind::Enum: return "enum " + type.name;
    case Kind::Pointer: return (type.element->is_none() ? "void" : to_string(*type.element)) + " *";
    case Kind::String: return fmt::format("string[{}]", type.size);
    case Kind::Buffer: return fmt::format("buffer[{}]", type.size - 4);
    case Kind::Array: return fmt::format("{}[{}]", to_string(*type.element), type.count);
    case Kind::Struct: return "struct " + type.name;
    case Kind::Tuple: return "(" + list(type) + (type.fields.size() == 1 ? ",)" : ")");
    case Kind::Record: return "(" + list(type) + ")";
    case Kind::ProbeName: return "string";
    case Kind::KernelSymbol: return "ksym_t";
    case Kind::UserSymbol: return "usym_t";
    case Kind::KernelStack: return fmt::format("kstack_{}_{}", type.name, type.count);
    case Kind::UserStack: return fmt::format("ustack_{}_{}", type.name, type.count);
    case Kind::Inet: return "inet";
    case Kind::MacAddress: return "macaddr_t";
    case Kind::Username: return "username_t";
    case Kind::CgroupPath: return "cgroup_path_t";
    case Kind::Timestamp: return "timestamp";
    case Kind::Count: return "count_t";
    case Kind::Sum: return sign_prefix(type) + "sum_t";
    case Kind::Avg: return sign_prefix(type) + "avg_t";
    case Kind::Min: return sign_prefix(type) + "min_t";
    case Kind::Max: return sign_prefix(type) + "max_t";
    case Kind::Stats: return sign_prefix(type) + "stats_t";
    case Kind::Hist: return "hist_t";
    case Kind::Lhist: return "lhist_t";
    case Kind::Tseries: return "tseries_t";
  }
  SCRY_CHECK(false);
}

}  // namespace scry::types
