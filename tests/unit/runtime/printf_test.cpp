#include "runtime/output/printf.h"

#include <catch2/catch.hpp>

using namespace scry::runtime;

namespace {

std::string print(const std::string& format, std::vector<Value> arguments) {
  std::string out;
  PrintfFormat::parse(format).format(arguments, out);
  return out;
}

Value integer(int64_t value) { return {Integer{static_cast<uint64_t>(value), true}}; }

}  // namespace

TEST_CASE("integer conversions", "[printf]") {
  CHECK(print("%d %u", {integer(-1), integer(7)}) == "-1 7");
  CHECK(print("%x %X %o %#x", {integer(255), integer(255), integer(8), integer(16)}) ==
        "ff FF 10 0x10");
  CHECK(print("[%5d][%-5d][%05d]", {integer(42), integer(42), integer(42)}) ==
        "[   42][42   ][00042]");
  CHECK(print("%+d % d", {integer(1), integer(1)}) == "+1  1");
}

TEST_CASE("a plain %d shows 32 bits, lengths show theirs", "[printf]") {
  CHECK(print("%d", {integer(int64_t{1} << 32 | 5)}) == "5");
  CHECK(print("%ld %lld", {integer(int64_t{1} << 40), integer(-(int64_t{1} << 40))}) ==
        "1099511627776 -1099511627776");
  CHECK(print("%hhd %hd %hhu", {integer(300), integer(65537), integer(-1)}) == "44 1 255");
  CHECK(print("%u", {integer(-1)}) == "4294967295");
}

TEST_CASE("%s shows any value", "[printf]") {
  CHECK(print("[%6s][%-6s]", {{std::string("abc")}, {std::string("abc")}}) == "[   abc][abc   ]");
  CHECK(print("%s %s", {{true}, integer(-3)}) == "true -3");
  CHECK(print("%s", {{Tuple{{integer(1), {std::string("x")}}}}}) == "(1, x)");
}

TEST_CASE("%c and %p", "[printf]") {
  CHECK(print("%c%c", {integer('H'), integer('i')}) == "Hi");
  CHECK(print("%p %p", {{Address{0xffff1234}}, integer(0)}) == "0xffff1234 0");
}

TEST_CASE("precision is ignored, %% is a percent, unknown conversions stand for themselves",
          "[printf]") {
  CHECK(print("%.3s", {{std::string("abcdef")}}) == "abcdef");
  CHECK(print("100%% %y", {}) == "100% %y");
  CHECK(print("%", {}) == "%");
}

TEST_CASE("missing arguments print nothing", "[printf]") { CHECK(print("a%db", {}) == "ab"); }

TEST_CASE("bytes of buf()", "[printf]") {
  const Value bytes{Bytes{std::string("a\n\xff~", 4)}};
  CHECK(print("%r", {bytes}) == "a\\x0a\\xff~");
  CHECK(print("%rx", {bytes}) == "\\x61\\x0a\\xff\\x7e");
  CHECK(print("%rh|%rhx", {bytes, bytes}) == "61 0a ff 7e|61 0a ff 7ex");
  CHECK(print("%12r|%-12s|", {bytes, bytes}) == "  a\\x0a\\xff~|a\\x0a\\xff~  |");
}
