// Builds HIR expressions and converts them between types, so that what comes out keeps hir.h's promises.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "hir/hir.h"
#include "sema/inference.h"

namespace scry::sema {

using hir::ExprPtr;

template <typename Node>
ExprPtr make(Node node, Type type, Span span) {
  return std::make_unique<hir::Expr>(hir::Expr{std::move(type), span, std::move(node)});
}

// An expression that is wrong and has been reported.
ExprPtr poison(Span span);
// The value must fit 64 bits, signed or unsigned.
ExprPtr integer_literal(Wide value, Span span);
ExprPtr bool_literal(bool value, Span span);
ExprPtr string_literal(std::string bytes, Span span);
// The zero of a type: 0, false, "", a tuple of zeros.
ExprPtr zero(const Type& type, Span span);

// The value of an integer literal (bool: 0 or 1), nullopt for everything else.
std::optional<Wide> constant(const hir::Expr& expr);
// Does the value fit the integer type?
bool fits(Wide value, const Type& integer);

// A copy of the expression, which evaluates it again.
ExprPtr clone(const hir::Expr& expr);

// The expression as a value of `to`, which unify() has made from its type, or which is another scalar.
ExprPtr convert(ExprPtr expr, const Type& to);
// An integer or pointer as an integer of 8 bytes, keeping its sign.
ExprPtr to_8_bytes(ExprPtr expr);
// As events, variables and maps hold it.
ExprPtr to_stored(ExprPtr expr);

// Can it be a condition?
bool is_truthy(const Type& type);
ExprPtr to_bool(ExprPtr expr);

// A positional parameter takes the type that its place wants.
bool is_parameter(const hir::Expr& expr);
ExprPtr parameter_as_string(ExprPtr expr);

}  // namespace scry::sema
