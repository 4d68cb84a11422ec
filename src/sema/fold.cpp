#include "sema/fold.h"

#include <limits>

#include "base/check.h"

namespace scry::sema {

using hir::BinaryOp;

namespace {

// Bitwise operators work on the 64-bit pattern; the result is signed if an operand is negative.
Wide from_bits(uint64_t bits, bool is_signed) {
  return is_signed ? Wide{static_cast<int64_t>(bits)} : Wide{bits};
}

std::optional<Wide> shift(BinaryOp op, Wide left, Wide count) {
  if (count < 0 || count > 63) return {};
  if (op == BinaryOp::ShiftRight) return left >> count;
  return left * (Wide{1} << count);
}

std::optional<Wide> compute(BinaryOp op, Wide left, Wide right) {
  const bool is_signed = left < 0 || right < 0;
  const auto a = static_cast<uint64_t>(left), b = static_cast<uint64_t>(right);
  Wide product = 0;
  switch (op) {
    case BinaryOp::Add: return left + right;
    case BinaryOp::Subtract: return left - right;
    case BinaryOp::Multiply:
      if (__builtin_mul_overflow(left, right, &product)) return {};
      return product;
    case BinaryOp::Divide: return right == 0 ? std::nullopt : std::optional(left / right);
    case BinaryOp::Modulo: return right == 0 ? std::nullopt : std::optional(left % right);
    case BinaryOp::BitAnd: return from_bits(a & b, is_signed);
    case BinaryOp::BitOr: return from_bits(a | b, is_signed);
    case BinaryOp::BitXor: return from_bits(a ^ b, is_signed);
    case BinaryOp::ShiftLeft:
    case BinaryOp::ShiftRight: return shift(op, left, right);
    default: SCRY_CHECK(false);
  }
}

}  // namespace

std::optional<Wide> fold(BinaryOp op, Wide left, Wide right) {
  const std::optional<Wide> result = compute(op, left, right);
  if (!result || *result < std::numeric_limits<int64_t>::min() ||
      *result > Wide{std::numeric_limits<uint64_t>::max()})
    return {};
  return result;
}

bool fold_comparison(BinaryOp op, Wide left, Wide right) {
  switch (op) {
    case BinaryOp::Equal: return left == right;
    case BinaryOp::NotEqual: return left != right;
    case BinaryOp::Less: return left < right;
    case BinaryOp::LessEqual: return left <= right;
    case BinaryOp::Greater: return left > right;
    case BinaryOp::GreaterEqual: return left >= right;
    default: SCRY_CHECK(false);
  }
}

bool is_comparison(BinaryOp op) { return op >= BinaryOp::Equal; }

}  // namespace scry::sema
