#include "grammar/literals.h"

#include <catch2/catch.hpp>

using namespace scry;

namespace {

uint64_t value(const char* text) {
  Diagnostics diags;
  const ast::Integer integer = grammar::decode_integer(text, Span{}, diags);
  CHECK(diags.empty());
  CHECK(integer.text == text);
  return integer.value;
}

diag::Id integer_error(const char* text) {
  Diagnostics diags;
  CHECK(grammar::decode_integer(text, Span{}, diags).value == 0);
  REQUIRE(diags.error_count() == 1);
  return diags.sorted()[0].id;
}

std::string decoded(std::string_view text) {
  Diagnostics diags;
  const std::string bytes = grammar::decode_string(text, Span{}, diags);
  CHECK(diags.empty());
  return bytes;
}

}  // namespace

TEST_CASE("integers have bases, separators and exponents", "[grammar]") {
  CHECK(value("0") == 0);
  CHECK(value("42") == 42);
  CHECK(value("0x2A") == 42);
  CHECK(value("0X2a") == 42);
  CHECK(value("052") == 42);
  CHECK(value("1_000__000") == 1000000);
  CHECK(value("0xdead_beef") == 0xdeadbeef);
  CHECK(value("2e6") == 2000000);
  CHECK(value("1e0") == 1);
  CHECK(value("18446744073709551615") == UINT64_MAX);
  CHECK(value("0xffffffffffffffff") == UINT64_MAX);
}

TEST_CASE("durations are nanoseconds", "[grammar]") {
  CHECK(value("7ns") == 7);
  CHECK(value("7us") == 7000);
  CHECK(value("10ms") == 10000000);
  CHECK(value("1s") == 1000000000);
  CHECK(value("1m") == 60000000000);
  CHECK(value("1h") == 3600000000000);
  CHECK(value("1d") == 86400000000000);
}

TEST_CASE("a u suffix makes an integer unsigned and alone bounds it to 32 bits", "[grammar]") {
  Diagnostics diags;
  for (const char* text : {"5u", "5U", "5ul", "5ull", "5ULL"})
    CHECK(grammar::decode_integer(text, Span{}, diags).is_unsigned);
  for (const char* text : {"5", "5l", "5ll", "5LL"})
    CHECK_FALSE(grammar::decode_integer(text, Span{}, diags).is_unsigned);
  CHECK(diags.empty());
  CHECK(value("4294967295u") == UINT32_MAX);
  CHECK(value("4294967296ul") == 4294967296);
  CHECK(integer_error("4294967296u") == diag::Id::IntegerOverflow);
}

TEST_CASE("a wrong integer says what is wrong with it", "[grammar]") {
  CHECK(integer_error("0x") == diag::Id::IntegerInvalid);
  CHECK(integer_error("1e") == diag::Id::IntegerInvalid);
  CHECK(integer_error("08") == diag::Id::IntegerTrailingBytes);
  CHECK(integer_error("1_") == diag::Id::IntegerTrailingUnderscore);
  CHECK(integer_error("5xy") == diag::Id::IntegerSuffix);
  CHECK(integer_error("12e2") == diag::Id::IntegerCoefficient);
  CHECK(integer_error("0e2") == diag::Id::IntegerCoefficient);
  CHECK(integer_error("18446744073709551616") == diag::Id::IntegerOverflow);
  CHECK(integer_error("1e20") == diag::Id::IntegerOverflow);
  CHECK(integer_error("1e99999999999999999999") == diag::Id::IntegerOverflow);
  CHECK(integer_error("213504d") == diag::Id::IntegerOverflow);
}

TEST_CASE("strings decode their escapes", "[grammar]") {
  CHECK(decoded("") == "");
  CHECK(decoded("a\\n\\t\\r\\\"\\\\b") == "a\n\t\r\"\\b");
  CHECK(decoded("\\101\\60\\0") == std::string("A0\0", 3));
  CHECK(decoded("\\1012") == "A2");
  CHECK(decoded("\\x41\\X4a\\x9z") == "AJ\tz");
  CHECK(decoded("\\377") == "\xff");
  CHECK(decoded("é") == "é");
}

TEST_CASE("a wrong escape is marked where it stands", "[grammar]") {
  Diagnostics diags;
  grammar::decode_string("ab\\q\\400\\xg", Span{10, 21}, diags);
  const auto list = diags.sorted();
  REQUIRE(list.size() == 3);
  CHECK(list[0].id == diag::Id::StringEscape);
  CHECK(list[0].span == Span{12, 14});
  CHECK(list[1].id == diag::Id::StringOctalRange);
  CHECK(list[1].span == Span{14, 18});
  CHECK(list[2].id == diag::Id::StringHexEscape);
  CHECK(list[2].span == Span{18, 20});
}
