// Constant folding: operators on literals, with C's meaning on 64 bits.
#pragma once

#include <optional>

#include "hir/hir.h"
#include "sema/inference.h"

namespace scry::sema {

// An arithmetic, bitwise or shift operator on two literals; nullopt when the result is undefined (a
// division by zero, a shift by 64) or fits neither int64 nor uint64.
std::optional<Wide> fold(hir::BinaryOp op, Wide left, Wide right);

// A comparison of two literals.
bool fold_comparison(hir::BinaryOp op, Wide left, Wide right);

bool is_comparison(hir::BinaryOp op);

}  // namespace scry::sema
