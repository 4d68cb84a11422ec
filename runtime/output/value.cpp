#include "runtime/output/value.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <pwd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>

#include "runtime/output/time.h"

namespace scry::runtime {

using types::Kind;

namespace {

template <typename T>
T load(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

Integer load_integer(const char* bytes, uint32_t size, bool is_signed) {
  switch (size) {
    case 1:
      return {is_signed ? static_cast<uint64_t>(load<int8_t>(bytes)) : load<uint8_t>(bytes),
              is_signed};
    case 2:
      return {is_signed ? static_cast<uint64_t>(load<int16_t>(bytes)) : load<uint16_t>(bytes),
              is_signed};
    case 4:
      return {is_signed ? static_cast<uint64_t>(load<int32_t>(bytes)) : load<uint32_t>(bytes),
              is_signed};
    default: return {load<uint64_t>(bytes), is_signed};
  }
}

std::string load_string(const char* bytes, uint32_t size, std::string_view trailer) {
  const size_t length = strnlen(bytes, size);
  std::string text(bytes, length);
  if (length == size) text += trailer;
  return text;
}

// { u32 family; u8 address[16] }
std::string inet_text(const char* bytes) {
  char text[INET6_ADDRSTRLEN] = "";
  const auto family = static_cast<int>(load<uint32_t>(bytes));
  return ::inet_ntop(family, bytes + 4, text, sizeof text) ? text : "";
}

std::string mac_text(const char* bytes) {
  std::string text;
  for (int i = 0; i < 6; ++i)
    text += fmt::format("{}{:02X}", i == 0 ? "" : ":", static_cast<unsigned char>(bytes[i]));
  return text;
}

std::string user_name(uid_t uid) {
  static std::map<uid_t, std::string> known;
  const auto [place, is_new] = known.try_emplace(uid);
  if (is_new) {
    const passwd* entry = ::getpwuid(uid);
    place->second = entry ? entry->pw_name : fmt::to_string(uid);
  }
  return place->second;
}

int compare_integers(const Integer& a, const Integer& b) {
  if (a.is_negative() != b.is_negative()) return a.is_negative() ? -1 : 1;
  return a.bits < b.bits ? -1 : a.bits > b.bits;
}

}  // namespace

uint64_t Histogram::total() const {
  uint64_t sum = 0;
  for (const Bucket& bucket : buckets) sum += bucket.count;
  return sum;
}

std::map<std::string, std::map<int64_t, std::string>> names_of(
    const std::vector<types::Enumeration>& enums) {
  std::map<std::string, std::map<int64_t, std::string>> names;
  for (const types::Enumeration& each : enums)
    for (const types::Enumerator& constant : each.constants)
      names[each.name].emplace(constant.value, constant.name);
  return names;
}

Value decode(const Type& type, const char* bytes, const Names& names) {
  switch (type.kind) {
    case Kind::Bool: return {*bytes != 0};
    case Kind::Enum: {
      Constant constant{load_integer(bytes, type.size, type.is_signed), {}};
      const auto found = names.enums.find(type.name);
      if (found == names.enums.end()) return {std::move(constant)};
      const auto name = found->second.find(static_cast<int64_t>(constant.number.bits));
      if (name != found->second.end()) constant.name = name->second;
      return {std::move(constant)};
    }
    case Kind::Int: return {load_integer(bytes, type.size, type.is_signed)};
    case Kind::Pointer: return {Address{load<uint64_t>(bytes)}};
    case Kind::String: return {load_string(bytes, type.size, names.trailer)};
    case Kind::ProbeName: {
      const auto id = load<uint64_t>(bytes);
      const bool is_known = id > 0 && id <= names.probes.size();
      return {is_known ? names.probes[id - 1] : std::string("unknown")};
    }
    case Kind::KernelSymbol:
      if (!names.symbols) return {};
      return {names.symbols->kernel_symbol(load<uint64_t>(bytes))};
    case Kind::UserSymbol:
      if (!names.symbols) return {};
      return {names.symbols->user_symbol(load<uint64_t>(bytes), load<uint64_t>(bytes + 8))};
    case Kind::KernelStack:
      if (!names.symbols) return {};
      return {names.symbols->stack(type, load<uint64_t>(bytes), 0)};
    case Kind::UserStack:
      if (!names.symbols) return {};
      return {names.symbols->stack(type, load<uint64_t>(bytes), load<uint64_t>(bytes + 8))};
    case Kind::Tuple:
    case Kind::Record: {
      Tuple tuple;
      for (const types::Field& field : type.fields)
        tuple.elements.push_back(decode(*field.type, bytes + field.offset, names));
      return {std::move(tuple)};
    }
    case Kind::Buffer: {
      const uint32_t length = std::min(load<uint32_t>(bytes), type.size - 4);
      return {Bytes{std::string(bytes + 4, length)}};
    }
    case Kind::Inet: return {inet_text(bytes)};
    case Kind::MacAddress: return {mac_text(bytes)};
    case Kind::Username: return {user_name(static_cast<uid_t>(load<uint64_t>(bytes)))};
    case Kind::Timestamp: return {boot_time_text(type.name, load<uint64_t>(bytes))};
    case Kind::Array: {
      Tuple array;
      array.is_array = true;
      for (uint32_t i = 0; i < type.count; ++i)
        array.elements.push_back(decode(*type.element, bytes + i * type.element->size, names));
      return {std::move(array)};
    }
    // Not yet made by any program: sema refuses what would.
    case Kind::Poison:
    case Kind::None:
    case Kind::Struct:
    case Kind::CgroupPath:
    case Kind::Count:
    case Kind::Sum:
    case Kind::Avg:
    case Kind::Min:
    case Kind::Max:
    case Kind::Stats:
    case Kind::Hist:
    case Kind::Lhist:
    case Kind::Tseries: return {};
  }
  return {};
}

// --- histograms -----------------------------------------------------------------------------------

bool is_histogram(const Type& type) { return type.is(Kind::Hist) || type.is(Kind::Lhist); }

namespace {

Integer unsigned_of(uint64_t value) { return {value, false}; }
Integer signed_of(int64_t value) { return {static_cast<uint64_t>(value), true}; }

// See hist_bucket() in codegen/maps.cpp and types::hist_bucket_count().
Bucket hist_bucket(const Type& type, size_t index) {
  if (index == 0) return {{}, signed_of(0), 0};
  const uint64_t sub_count = uint64_t{1} << type.count;
  const uint64_t rest = index - 1;
  if (rest < sub_count) return {unsigned_of(rest), unsigned_of(rest + 1), 0};
  const uint64_t shift = (rest - sub_count) / sub_count;
  const uint64_t sub = (rest - sub_count) % sub_count;
  Bucket bucket{unsigned_of((sub_count + sub) << shift),
                unsigned_of((sub_count + sub + 1) << shift), 0};
  if (bucket.end->bits == 0) bucket.end.reset();  // 2^64: the last bucket
  return bucket;
}

Bucket lhist_bucket(const Type& type, size_t index, size_t count) {
  if (index == 0) return {{}, signed_of(type.min), 0};
  const int64_t min = type.min + (static_cast<int64_t>(index) - 1) * type.step;
  if (index == count - 1) return {signed_of(min), {}, 0};
  return {signed_of(min), signed_of(min + type.step), 0};
}

}  // namespace

Histogram make_histogram(const Type& type, const std::vector<uint64_t>& counters) {
  const auto is_used = [](uint64_t count) { return count != 0; };
  const auto first = std::find_if(counters.begin(), counters.end(), is_used);
  const auto last = std::find_if(counters.rbegin(), counters.rend(), is_used).base();
  Histogram histogram;
  for (auto counter = first; counter < last; ++counter) {
    const auto index = static_cast<size_t>(counter - counters.begin());
    Bucket bucket =
        type.is(Kind::Hist) ? hist_bucket(type, index) : lhist_bucket(type, index, counters.size());
    bucket.count = *counter;
    histogram.buckets.push_back(bucket);
  }
  return histogram;
}

// --- order ----------------------------------------------------------------------------------------

Integer quotient(const Average& average) {
  if (average.count == 0) return {0, average.total.is_signed};
  if (average.total.is_signed)
    return signed_of(static_cast<int64_t>(average.total.bits) /
                     static_cast<int64_t>(average.count));
  return unsigned_of(average.total.bits / average.count);
}

int compare(const Value& a, const Value& b) {
  if (a.data.index() != b.data.index()) return a.data.index() < b.data.index() ? -1 : 1;
  struct Visitor {
    const Value& b;
    int operator()(std::monostate) { return 0; }
    int operator()(bool a) {
      return static_cast<int>(a) - static_cast<int>(std::get<bool>(b.data));
    }
    int operator()(const Integer& a) { return compare_integers(a, std::get<Integer>(b.data)); }
    int operator()(const Address& a) {
      return compare_integers(unsigned_of(a.value), unsigned_of(std::get<Address>(b.data).value));
    }
    int operator()(const std::string& a) { return a.compare(std::get<std::string>(b.data)); }
    int operator()(const Tuple& a) {
      const Tuple& other = std::get<Tuple>(b.data);
      for (size_t i = 0; i < std::min(a.elements.size(), other.elements.size()); ++i)
        if (const int order = compare(a.elements[i], other.elements[i])) return order;
      return static_cast<int>(a.elements.size()) - static_cast<int>(other.elements.size());
    }
    int operator()(const Average& a) {
      return compare_integers(quotient(a), quotient(std::get<Average>(b.data)));
    }
    int operator()(const Histogram& a) {
      return compare_integers(unsigned_of(a.total()),
                              unsigned_of(std::get<Histogram>(b.data).total()));
    }
    int operator()(const Constant& a) {
      return compare_integers(a.number, std::get<Constant>(b.data).number);
    }
    int operator()(const Bytes& a) { return a.bytes.compare(std::get<Bytes>(b.data).bytes); }
    int operator()(const Stack& a) {
      const Stack& other = std::get<Stack>(b.data);
      return a.frames == other.frames ? 0 : a.frames < other.frames ? -1 : 1;
    }
  };
  return std::visit(Visitor{b}, a.data);
}

// --- text -----------------------------------------------------------------------------------------

std::string to_text(const Integer& integer) {
  return integer.is_signed ? fmt::to_string(static_cast<int64_t>(integer.bits))
                           : fmt::to_string(integer.bits);
}

namespace {

std::string list(const Tuple& tuple) {
  std::string text;
  const char* const between = tuple.is_array ? "," : ", ";
  for (const Value& element : tuple.elements)
    text += (text.empty() ? "" : between) + to_text(element);
  return text;
}

}  // namespace

std::string to_text(const Stack& stack, std::string_view indent) {
  std::string text = "\n";
  for (const std::string& frame : stack.frames) text.append(indent).append(frame).append("\n");
  return text;
}

std::string to_text(const Bytes& value) {
  std::string text;
  for (const char c : value.bytes) {
    if (c >= ' ' && c <= '~')
      text += c;
    else
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return text;
}

std::string to_text(const Value& value) {
  struct Visitor {
    std::string operator()(std::monostate) { return ""; }
    std::string operator()(bool v) { return v ? "true" : "false"; }
    std::string operator()(const Integer& v) { return to_text(v); }
    std::string operator()(const Address& v) { return fmt::format("{:#x}", v.value); }
    std::string operator()(const std::string& v) { return v; }
    std::string operator()(const Tuple& v) {
      if (v.is_array) return "[" + list(v) + "]";
      return "(" + list(v) + (v.elements.size() == 1 ? ",)" : ")");
    }
    std::string operator()(const Average& v) {
      if (!v.is_stats) return to_text(quotient(v));
      return fmt::format("{{ .count = {}, .average = {}, .total = {} }}", v.count,
                         to_text(quotient(v)), to_text(v.total));
    }
    std::string operator()(const Histogram&) { return ""; }
    std::string operator()(const Stack& v) { return to_text(v, v.indent); }
    std::string operator()(const Bytes& v) { return to_text(v); }
    std::string operator()(const Constant& v) {
      return v.name.empty() ? to_text(v.number) : v.name;
    }
  };
  return std::visit(Visitor{}, value.data);
}

std::string key_text(const Value& key) {
  const Tuple* tuple = std::get_if<Tuple>(&key.data);
  return tuple && !tuple->is_array ? list(*tuple) : to_text(key);
}

}  // namespace scry::runtime
