#include "sema/fold.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>

using namespace scry;
using namespace scry::sema;
using hir::BinaryOp;

namespace {

constexpr Wide kLeast = std::numeric_limits<int64_t>::min();
constexpr Wide kMost = std::numeric_limits<uint64_t>::max();

}  // namespace

TEST_CASE("literals fold with C's meaning", "[sema]") {
  CHECK(fold(BinaryOp::Add, 1, 2) == Wide{3});
  CHECK(fold(BinaryOp::Divide, -8, 3) == Wide{-2});
  CHECK(fold(BinaryOp::Modulo, -7, 3) == Wide{-1});
  CHECK(fold(BinaryOp::ShiftRight, -8, 1) == Wide{-4});
  CHECK(fold(BinaryOp::ShiftLeft, 1, 63) == Wide{1} << 63);
  CHECK(fold(BinaryOp::BitAnd, -1, 5) == Wide{5});
  CHECK(fold(BinaryOp::BitXor, -1, 0) == Wide{-1});
  CHECK(fold(BinaryOp::BitOr, kMost, 1) == kMost);
}

TEST_CASE("what fits neither int64 nor uint64 does not fold", "[sema]") {
  CHECK(fold(BinaryOp::Add, kMost, 0) == kMost);
  CHECK_FALSE(fold(BinaryOp::Add, kMost, 1));
  CHECK(fold(BinaryOp::Subtract, kLeast, 0) == kLeast);
  CHECK_FALSE(fold(BinaryOp::Subtract, kLeast, 1));
  CHECK_FALSE(fold(BinaryOp::Multiply, kMost, kMost));
  CHECK_FALSE(fold(BinaryOp::Multiply, kLeast, kMost));
  CHECK_FALSE(fold(BinaryOp::ShiftLeft, 3, 63));
}

TEST_CASE("what has no result does not fold", "[sema]") {
  CHECK_FALSE(fold(BinaryOp::Divide, 1, 0));
  CHECK_FALSE(fold(BinaryOp::Modulo, 1, 0));
  CHECK_FALSE(fold(BinaryOp::ShiftLeft, 1, 64));
  CHECK_FALSE(fold(BinaryOp::ShiftRight, 1, -1));
}

TEST_CASE("the least number divided by -1 folds to an unsigned one", "[sema]") {
  CHECK(fold(BinaryOp::Divide, kLeast, -1) == -kLeast);
  CHECK(fold(BinaryOp::Modulo, kLeast, -1) == Wide{0});
}

TEST_CASE("comparisons of literals see their values", "[sema]") {
  CHECK(fold_comparison(BinaryOp::Less, -1, kMost));
  CHECK(fold_comparison(BinaryOp::GreaterEqual, 5, 5));
  CHECK_FALSE(fold_comparison(BinaryOp::NotEqual, 5, 5));
}
