// The order of a map's entries (language.md 7.4) and print()'s top and div.
#include <algorithm>

#include "runtime/output/printer.h"

namespace scry::runtime {

using types::Kind;

namespace {

bool sorts_by_value(const Type& type) { return type.is_integer() || type.is_aggregation(); }

void divide(Value& value, uint64_t by) {
  if (Integer* integer = std::get_if<Integer>(&value.data)) {
    integer->bits =
        integer->is_signed
            ? static_cast<uint64_t>(static_cast<int64_t>(integer->bits) / static_cast<int64_t>(by))
            : integer->bits / by;
  } else if (Average* average = std::get_if<Average>(&value.data)) {
    value = {quotient(*average)};
    divide(value, by);
  } else if (Histogram* histogram = std::get_if<Histogram>(&value.data)) {
    for (Bucket& bucket : histogram->buckets) bucket.count /= by;
  }
}

}  // namespace

std::vector<MapContent::Entry> ordered(const MapContent& map, const PrintLimits& limits) {
  std::vector<MapContent::Entry> entries = map.entries;
  const bool by_value = sorts_by_value(map.value_type);
  std::sort(entries.begin(), entries.end(), [&](const auto& a, const auto& b) {
    // Equal values stand in the order of their keys: the same map always prints the same.
    if (const int order = by_value ? compare(a.value, b.value) : 0) return order < 0;
    return compare(a.key, b.key) < 0;
  });
  if (limits.top > 0 && entries.size() > limits.top)
    entries.erase(entries.begin(), entries.end() - static_cast<std::ptrdiff_t>(limits.top));
  if (limits.div > 1 && !map.value_type.is(Kind::Lhist) && !map.value_type.is(Kind::Stats))
    for (MapContent::Entry& entry : entries) divide(entry.value, limits.div);
  return entries;
}

Value zero_value(const Type& type) {
  if (type.is(Kind::Bool)) return {false};
  if (type.is(Kind::String) || type.is(Kind::ProbeName)) return {std::string()};
  if (type.is(Kind::Pointer)) return {Address{}};
  if (type.is(Kind::Hist) || type.is(Kind::Lhist)) return {Histogram{}};
  if (type.is(Kind::Avg) || type.is(Kind::Stats))
    return {Average{{0, type.is_signed}, 0, type.is(Kind::Stats)}};
  if (type.is(Kind::Tuple) || type.is(Kind::Record)) {
    Tuple tuple;
    for (const types::Field& field : type.fields) tuple.elements.push_back(zero_value(*field.type));
    return {std::move(tuple)};
  }
  if (type.is(Kind::Buffer)) return {Bytes{}};
  if (type.is(Kind::Inet) || type.is(Kind::MacAddress) || type.is(Kind::Username) ||
      type.is(Kind::Timestamp))
    return decode(type, std::string(type.size, '\0').data(), {});
  if (type.is(Kind::KernelStack) || type.is(Kind::UserStack)) return {Stack{}};
  if (type.is(Kind::KernelSymbol) || type.is(Kind::UserSymbol)) return {std::string("0x0")};
  if (type.is(Kind::Enum)) return {Constant{{0, type.is_signed}, {}}};
  return {Integer{0, type.is_signed}};
}

}  // namespace scry::runtime
