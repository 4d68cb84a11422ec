#include "types/type.h"

#include <catch2/catch.hpp>

using namespace scry;

TEST_CASE("tuples are laid out as C would", "[types]") {
  const Type type =
      types::tuple({types::integer(1, false), types::int64(), types::integer(2, true)});
  CHECK(type.fields[1].offset == 8);
  CHECK(type.fields[2].offset == 16);
  CHECK(type.size == 24);
  CHECK(types::alignment(type) == 8);
}

TEST_CASE("mixed signs widen to the next signed size", "[types]") {
  CHECK(types::widen(types::integer(1, true), types::integer(4, true)) == types::integer(4, true));
  CHECK(types::widen(types::integer(4, false), types::integer(4, true)) == types::int64());
  CHECK(types::widen(types::uint64(), types::integer(1, true)) == types::int64());
  CHECK(types::widen(types::string(4), types::string(9)) == types::string(9));
  CHECK(types::widen(types::int64(), types::string(9)).is_poison());
}

TEST_CASE("types are named as users know them", "[types]") {
  CHECK(types::to_string(types::tuple({types::int64(), types::string(4)})) == "(int64,string[4])");
  CHECK(types::to_string(types::tuple({types::boolean()})) == "(bool,)");
  CHECK(types::to_string(types::aggregation(types::Kind::Sum, false)) == "usum_t");
  CHECK(types::to_string(types::pointer(types::none(), types::AddressSpace::User)) == "void *");
}
