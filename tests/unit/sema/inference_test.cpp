#include "sema/inference.h"

#include <catch2/catch.hpp>
#include <cstdint>

using namespace scry;
using namespace scry::sema;
using types::Kind;

namespace {

std::string unified(const Type& a, const Type& b) { return types::to_string(unify(a, b)); }

}  // namespace

TEST_CASE("a literal takes the smallest signed type that holds it", "[sema]") {
  CHECK(types::to_string(literal_type(0)) == "int8");
  CHECK(types::to_string(literal_type(127)) == "int8");
  CHECK(types::to_string(literal_type(128)) == "int16");
  CHECK(types::to_string(literal_type(-128)) == "int8");
  CHECK(types::to_string(literal_type(-129)) == "int16");
  CHECK(types::to_string(literal_type(INT64_MAX)) == "int64");
  CHECK(types::to_string(literal_type(INT64_MIN)) == "int64");
  CHECK(types::to_string(literal_type(UINT64_MAX)) == "uint64");
}

TEST_CASE("types widen to hold both", "[sema]") {
  CHECK(unified(types::integer(1, true), types::integer(4, true)) == "int32");
  CHECK(unified(types::uint32(), types::integer(1, true)) == "int64");
  CHECK(unified(types::uint64(), types::int64()) == "int64");
  CHECK(unified(types::string(4), types::string(16)) == "string[16]");
  CHECK(unified(types::none(), types::boolean()) == "bool");
  CHECK(unify(types::boolean(), types::int64()).is_poison());
  CHECK(unify(types::string(4), types::int64()).is_poison());
}

TEST_CASE("a positive literal takes the other side's sign, in either order", "[sema]") {
  CHECK(unified(literal_type(0), types::uint64()) == "uint64");
  CHECK(unified(types::uint64(), literal_type(0)) == "uint64");
  CHECK(unified(literal_type(5), literal_type(300)) == "int16");
  CHECK(unified(unify(literal_type(5), literal_type(300)), types::uint32()) == "uint32");
  CHECK(unified(literal_type(-1), types::uint64()) == "int64");
}

TEST_CASE("tuples widen element by element", "[sema]") {
  const Type a = types::tuple({literal_type(1), types::string(2)});
  const Type b = types::tuple({types::uint64(), types::string(9)});
  CHECK(unified(a, b) == "(uint64,string[9])");
  CHECK(unify(a, types::tuple({types::int64()})).is_poison());
  CHECK(unify(a, types::tuple({types::string(2), types::string(2)})).is_poison());
}

TEST_CASE("aggregations of both signs are signed", "[sema]") {
  const Type is_signed = types::aggregation(Kind::Sum, true);
  const Type is_unsigned = types::aggregation(Kind::Sum, false);
  CHECK(unified(is_unsigned, is_signed) == "sum_t");
  CHECK(unified(is_signed, is_unsigned) == "sum_t");
  CHECK(unify(is_signed, types::aggregation(Kind::Min, true)).is_poison());
  CHECK(unify(types::hist(2), types::hist(3)).is_poison());
}

TEST_CASE("integers are stored in 8 bytes, in tuples too", "[sema]") {
  CHECK(types::to_string(stored(types::uint32())) == "uint64");
  CHECK(types::to_string(stored(types::boolean())) == "bool");
  CHECK(types::to_string(stored(types::tuple({literal_type(1), types::boolean()}))) ==
        "(int64,bool)");
}

TEST_CASE("arithmetic is signed if a side that is no positive literal is", "[sema]") {
  CHECK(common_integer(types::uint64(), literal_type(1000)) == types::uint64());
  CHECK(common_integer(types::uint64(), types::integer(1, true)) == types::int64());
  CHECK(common_integer(literal_type(1), literal_type(2)) == types::int64());
}
