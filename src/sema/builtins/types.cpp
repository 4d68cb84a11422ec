// What is asked of an expression's type: the answer is known here, and the expression is not evaluated.
#include "base/check.h"
#include "sema/builtins/hooks.h"

namespace scry::sema::builtins {

using lang::BuiltinId;
using types::Kind;

ExprPtr is_of_type(Lowering& l, const BuiltinUse& use) {
  const ExprPtr value = l.lower_place(*use.args[0]);
  const Type& type = value->type;
  if (type.is_poison()) return poison(use.span);
  const bool is_integer = type.is(Kind::Int) || type.is(Kind::Enum);
  const auto answer = [&] {
    switch (use.id) {
      case BuiltinId::IsArray: return type.is(Kind::Array);
      case BuiltinId::IsInteger: return is_integer;
      case BuiltinId::IsUnsignedInteger: return is_integer && !type.is_signed;
      case BuiltinId::IsStr: return type.is(Kind::String) || type.is(Kind::ProbeName);
      case BuiltinId::IsPtr: return type.is(Kind::Pointer);
      default: SCRY_CHECK(false);
    }
  };
  return bool_literal(answer(), use.span);
}

ExprPtr is_literal(Lowering& l, const BuiltinUse& use) {
  const ExprPtr value = l.lower_place(*use.args[0]);
  if (value->type.is_poison()) return poison(use.span);
  return bool_literal(std::holds_alternative<hir::IntLiteral>(value->node) ||
                          std::holds_alternative<hir::StringLiteral>(value->node),
                      use.span);
}

ExprPtr is_scalar(Lowering& l, const BuiltinUse& use) {
  const auto* map = std::get_if<ast::Map>(&use.args[0]->node);
  if (!map || !map->keys.empty()) return l.refuse<Id::NotAMap>(use.args[0]->span, use.name());
  const MapId id = l.unit().maps.id(map->name);
  if (!l.check_written(id, use.args[0]->span)) return poison(use.span);
  return bool_literal(l.unit().maps[id].shape == MapState::Shape::Scalar, use.span);
}

// The kernel's own pointers are errors in the last 4095 addresses.
ExprPtr is_err(Lowering& l, const BuiltinUse& use) {
  constexpr int kMostErrors = 4095;
  ExprPtr pointer = l.lower(*use.args[0]);
  if (pointer->type.is_poison()) return pointer;
  if (!pointer->type.is(Kind::Pointer) && !pointer->type.is_integer())
    return l.refuse<Id::AddressArgument>(use.args[0]->span, use.name());
  ExprPtr first = integer_literal(Wide{UINT64_MAX} - kMostErrors + 1, use.span);
  return make(hir::Binary{hir::BinaryOp::GreaterEqual, convert(std::move(pointer), types::uint64()),
                          convert(std::move(first), types::uint64())},
              types::boolean(), use.span);
}

}  // namespace scry::sema::builtins
