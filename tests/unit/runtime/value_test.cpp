#include "runtime/output/value.h"

#include <catch2/catch.hpp>
#include <cstring>

using namespace scry;
using namespace scry::runtime;

namespace {

template <typename T>
std::string bytes_of(T value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

Value integer(int64_t value) { return {Integer{static_cast<uint64_t>(value), true}}; }

}  // namespace

TEST_CASE("integers are read by size and sign", "[value]") {
  const std::string bytes = bytes_of<uint64_t>(0xffffffffffffff80);
  CHECK(to_text(decode(types::integer(1, true), bytes.data(), {})) == "-128");
  CHECK(to_text(decode(types::integer(1, false), bytes.data(), {})) == "128");
  CHECK(to_text(decode(types::integer(4, true), bytes.data(), {})) == "-128");
  CHECK(to_text(decode(types::uint64(), bytes.data(), {})) == "18446744073709551488");
}

TEST_CASE("a string ends at its NUL, and a cut one says so", "[value]") {
  CHECK(to_text(decode(types::string(8), "abc\0xyz", {})) == "abc");
  CHECK(to_text(decode(types::string(3), "abc", {})) == "abc..");
}

TEST_CASE("tuples take their elements from their offsets", "[value]") {
  const Type type = types::tuple({types::integer(1, false), types::int64(), types::string(4)});
  std::string bytes(type.size, '\0');
  bytes[0] = 7;
  std::memcpy(bytes.data() + 8, bytes_of<int64_t>(-2).data(), 8);
  std::memcpy(bytes.data() + 16, "hi", 2);
  const Value value = decode(type, bytes.data(), {});
  CHECK(to_text(value) == "(7, -2, hi)");
  CHECK(key_text(value) == "7, -2, hi");
}

TEST_CASE("a probe's name comes from its id", "[value]") {
  const Names names{{"begin", "tracepoint:a:b"}};
  CHECK(to_text(decode(types::probe_name(), bytes_of<uint64_t>(2).data(), names)) ==
        "tracepoint:a:b");
  CHECK(to_text(decode(types::probe_name(), bytes_of<uint64_t>(9).data(), names)) == "unknown");
}

TEST_CASE("integers of both signs are ordered by value", "[value]") {
  CHECK(compare(integer(-4), integer(5)) < 0);
  CHECK(compare(integer(-4), integer(-5)) > 0);
  CHECK(compare({Integer{UINT64_MAX, false}}, integer(-1)) > 0);
  CHECK(compare({std::string("a")}, {std::string("b")}) < 0);
}

TEST_CASE("histogram buckets cover all of 64 bits", "[value]") {
  const Type type = types::hist(0);
  std::vector<uint64_t> counters(types::hist_bucket_count(type), 1);
  const Histogram histogram = make_histogram(type, counters);
  REQUIRE(histogram.buckets.size() == 66);
  CHECK_FALSE(histogram.buckets.front().min);
  CHECK(histogram.buckets[1].min->bits == 0);
  CHECK(histogram.buckets[2].min->bits == 1);
  CHECK(histogram.buckets[3].end->bits == 4);
  CHECK(histogram.buckets.back().min->bits == uint64_t{1} << 63);
  CHECK_FALSE(histogram.buckets.back().end);
  CHECK(histogram.total() == 66);
}

TEST_CASE("sub-buckets divide each power of two", "[value]") {
  const Type type = types::hist(2);
  std::vector<uint64_t> counters(types::hist_bucket_count(type), 1);
  const Histogram histogram = make_histogram(type, counters);
  CHECK(histogram.buckets[1 + 3].min->bits == 3);
  CHECK(histogram.buckets[1 + 4].min->bits == 4);
  CHECK(histogram.buckets[1 + 8].min->bits == 8);
  CHECK(histogram.buckets[1 + 8].end->bits == 10);
  for (size_t i = 2; i < histogram.buckets.size(); ++i)
    CHECK(histogram.buckets[i].min->bits == histogram.buckets[i - 1].end->bits);
}

TEST_CASE("a histogram goes from its first to its last bucket in use", "[value]") {
  const Type type = types::lhist(0, 10, 2);
  CHECK(make_histogram(type, {0, 0, 1, 0, 2, 0, 0}).buckets.size() == 3);
  CHECK(make_histogram(type, {0, 0, 0, 0, 0, 0, 0}).buckets.empty());
}

TEST_CASE(
    "A constant of an enum has the first name of its value, a number that is none has no name") {
  Names names;
  names.enums = names_of({{"colour", {{"Red", 1}, {"Rot", 1}, {"None", -1}}}});
  Type colour = types::integer(4, true);
  colour.kind = types::Kind::Enum;
  colour.name = "colour";
  const auto shown = [&](int32_t number) {
    return to_text(decode(colour, reinterpret_cast<const char*>(&number), names));
  };
  CHECK(shown(1) == "Red");
  CHECK(shown(-1) == "None");
  CHECK(shown(7) == "7");
}
