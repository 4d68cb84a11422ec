#include "base/strings.h"

#include <catch2/catch.hpp>
#include <limits>

using namespace scry;

TEST_CASE("split keeps empty parts", "[base]") {
  CHECK(split("a:b:c", ':') == std::vector<std::string>{"a", "b", "c"});
  CHECK(split("", ':') == std::vector<std::string>{""});
  CHECK(split(":x:", ':') == std::vector<std::string>{"", "x", ""});
}

TEST_CASE("join puts the separator between parts only", "[base]") {
  CHECK(join({}, ", ") == "");
  CHECK(join({"a"}, ", ") == "a");
  CHECK(join({"a", "b"}, ", ") == "a, b");
}

TEST_CASE("trim takes blanks off both ends", "[base]") {
  CHECK(trim(" \t a b \r\n") == "a b");
  CHECK(trim(" \n ") == "");
  CHECK(trim("") == "");
}

TEST_CASE("a wildcard stands for any run of bytes", "[base]") {
  CHECK(matches_wildcard("sys_enter_*", "sys_enter_read"));
  CHECK(matches_wildcard("sys_enter_*", "sys_enter_"));
  CHECK_FALSE(matches_wildcard("sys_enter_*", "sys_exit_read"));
  CHECK(matches_wildcard("*", ""));
  CHECK(matches_wildcard("", ""));
  CHECK_FALSE(matches_wildcard("", "a"));
  CHECK(matches_wildcard("*a*b", "xaxbxab"));
  CHECK_FALSE(matches_wildcard("*a*b", "xaxbxa"));
  CHECK(matches_wildcard("a**c", "abc"));
}

TEST_CASE("nothing but * is special in a wildcard", "[base]") {
  CHECK_FALSE(matches_wildcard("a?c", "abc"));
  CHECK_FALSE(matches_wildcard("a.c", "abc"));
  CHECK_FALSE(matches_wildcard("[a]", "a"));
  CHECK(matches_wildcard("[a]?", "[a]?"));
}

TEST_CASE("a hard wildcard stays cheap", "[base]") {
  const std::string text(20000, 'a');
  CHECK_FALSE(matches_wildcard("*a*a*a*a*a*a*a*a*b", text));
}

TEST_CASE("nearest finds a typo and nothing wild", "[base]") {
  const std::vector<std::string> names{"comm", "count", "printf", "nsecs", "interval"};
  CHECK(nearest("prinft", names) == "printf");
  CHECK(nearest("nsec", names) == "nsecs");
  CHECK(nearest("intervall", names) == "interval");
  CHECK(nearest("comm", names) == "comm");
  CHECK(nearest("wrok", {"word", "wok", "work"}) == "wok");
  CHECK(nearest("wrok", {"lock", "work"}) == "work");
  CHECK_FALSE(nearest("xyzzy", names));
  CHECK_FALSE(nearest("zz", names));
  CHECK_FALSE(nearest("", names));
  CHECK_FALSE(nearest("comm", {}));
}

TEST_CASE("parse_integer reads every base", "[base]") {
  CHECK(parse_integer("0") == 0);
  CHECK(parse_integer("42") == 42);
  CHECK(parse_integer("-42") == -42);
  CHECK(parse_integer("0x1F") == 31);
  CHECK(parse_integer("0XfF") == 255);
  CHECK(parse_integer("0b101") == 5);
  CHECK(parse_integer("017") == 15);
  CHECK(parse_integer("1_000_000") == 1000000);
}

TEST_CASE("parse_integer takes exactly what fits 64 bits", "[base]") {
  CHECK(parse_integer("18446744073709551615") == -1);
  CHECK_FALSE(parse_integer("18446744073709551616"));
  CHECK(parse_integer("-9223372036854775808") == std::numeric_limits<int64_t>::min());
  CHECK_FALSE(parse_integer("-9223372036854775809"));
}

TEST_CASE("parse_integer refuses what is no integer", "[base]") {
  for (const char* text :
       {"", "-", "--1", "_1", "1_", "0x", "0b", "0b2", "08", "12a", " 1", "1 ", "+1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_integer(text));
  }
}

TEST_CASE("escape writes bytes as a script would", "[base]") {
  CHECK(escape("a\n\t\"\\") == "a\\n\\t\\\"\\\\");
  CHECK(escape(std::string_view("\0\x1f\x7f", 3)) == "\\x00\\x1f\\x7f");
  CHECK(escape("é") == "é");
}
