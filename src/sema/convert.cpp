#include "sema/convert.h"

namespace scry::sema {

using types::Kind;

ExprPtr poison(Span span) { return make(hir::IntLiteral{}, types::poison(), span); }

ExprPtr integer_literal(Wide value, Span span) {
  return make(hir::IntLiteral{static_cast<uint64_t>(value)}, literal_type(value), span);
}

ExprPtr bool_literal(bool value, Span span) {
  return make(hir::IntLiteral{value}, types::boolean(), span);
}

ExprPtr string_literal(std::string bytes, Span span) {
  Type type = types::string(static_cast<uint32_t>(bytes.size() + 1));
  return make(hir::StringLiteral{std::move(bytes)}, std::move(type), span);
}

ExprPtr zero(const Type& type, Span span) {
  if (type.is(Kind::String)) return make(hir::StringLiteral{}, type, span);
  if (!type.is(Kind::Tuple)) return make(hir::IntLiteral{}, type, span);
  hir::TupleValue tuple;
  for (const types::Field& field : type.fields) tuple.elements.push_back(zero(*field.type, span));
  return make(std::move(tuple), type, span);
}

std::optional<Wide> constant(const hir::Expr& expr) {
  const auto* literal = std::get_if<hir::IntLiteral>(&expr.node);
  if (!literal || !expr.type.is_integer()) return {};
  return expr.type.is_signed ? Wide{static_cast<int64_t>(literal->value)} : Wide{literal->value};
}

bool fits(Wide value, const Type& integer) {
  const uint32_t bits = integer.size * 8;
  if (!integer.is_signed) return value >= 0 && value < (Wide{1} << bits);
  return value >= -(Wide{1} << (bits - 1)) && value < (Wide{1} << (bits - 1));
}

namespace {

// The literal's bits as the type keeps them, extended to 64 bits by its sign.
uint64_t wrapped(uint64_t value, const Type& type) {
  if (type.is(Kind::Bool)) return value != 0;
  if (type.size == 8) return value;
  const uint32_t unused = 64 - type.size * 8;
  if (type.is_signed) return static_cast<uint64_t>(static_cast<int64_t>(value << unused) >> unused);
  return value << unused >> unused;
}

ExprPtr convert_tuple(ExprPtr expr, const Type& to) {
  if (auto* tuple = std::get_if<hir::TupleValue>(&expr->node)) {
    for (size_t i = 0; i < tuple->elements.size(); ++i) {
      ExprPtr& element = tuple->elements[i];
      element = convert(std::move(element), *to.fields[i].type);
    }
    expr->type = to;
    return expr;
  }
  if (auto* choice = std::get_if<hir::Conditional>(&expr->node)) {
    choice->if_true = convert(std::move(choice->if_true), to);
    choice->if_false = convert(std::move(choice->if_false), to);
    expr->type = to;
    return expr;
  }
  // In a place (a variable, a map, a field of another tuple): element by element.
  hir::TupleValue tuple;
  const Span span = expr->span;
  for (uint32_t i = 0; i < to.fields.size(); ++i) {
    Type type = *expr->type.fields[i].type;
    ExprPtr element = make(hir::TupleField{clone(*expr), i}, std::move(type), span);
    tuple.elements.push_back(convert(std::move(element), *to.fields[i].type));
  }
  return make(std::move(tuple), to, span);
}

struct Cloner {
  ExprPtr copy(const ExprPtr& expr) const { return expr ? clone(*expr) : nullptr; }

  using Node = decltype(hir::Expr::node);
  Node operator()(const hir::IntLiteral& n) const { return n; }
  Node operator()(const hir::StringLiteral& n) const { return n; }
  Node operator()(const hir::Parameter& n) const { return n; }
  Node operator()(const hir::ParameterCount& n) const { return n; }
  Node operator()(const hir::Builtin& n) const { return n; }
  Node operator()(const hir::TracepointField& n) const { return n; }
  Node operator()(const hir::RawArgument& n) const { return n; }
  Node operator()(const hir::Member& n) const {
    return hir::Member{copy(n.base), n.record, n.path, n.is_bit_field, n.is_near, n.fixed};
  }
  Node operator()(const hir::Layout& n) const { return n; }
  Node operator()(const hir::Variable& n) const { return n; }
  Node operator()(const hir::MapRead& n) const { return hir::MapRead{n.map, copy(n.key)}; }
  Node operator()(const hir::StringAtPointer& n) const {
    return hir::StringAtPointer{copy(n.pointer), copy(n.length)};
  }
  Node operator()(const hir::Deref& n) const { return hir::Deref{copy(n.pointer)}; }
  Node operator()(const hir::Unary& n) const { return hir::Unary{n.op, copy(n.operand)}; }
  Node operator()(const hir::Binary& n) const {
    return hir::Binary{n.op, copy(n.left), copy(n.right)};
  }
  Node operator()(const hir::Logical& n) const {
    return hir::Logical{n.is_and, copy(n.left), copy(n.right)};
  }
  Node operator()(const hir::Conditional& n) const {
    return hir::Conditional{copy(n.condition), copy(n.if_true), copy(n.if_false)};
  }
  Node operator()(const hir::Cast& n) const { return hir::Cast{copy(n.operand)}; }
  Node operator()(const hir::IncrementVariable& n) const { return n; }
  Node operator()(const hir::IncrementMap& n) const {
    return hir::IncrementMap{n.map, copy(n.key), n.step, n.is_prefix};
  }
  Node operator()(const hir::TupleValue& n) const {
    hir::TupleValue tuple;
    for (const ExprPtr& element : n.elements) tuple.elements.push_back(copy(element));
    return tuple;
  }
  Node operator()(const hir::TupleField& n) const {
    return hir::TupleField{copy(n.tuple), n.index};
  }
  Node operator()(const hir::Symbol& n) const { return hir::Symbol{copy(n.address)}; }
  Node operator()(const hir::Call& n) const {
    hir::Call call{n.id, {}, n.text};
    for (const ExprPtr& argument : n.arguments) call.arguments.push_back(copy(argument));
    return call;
  }
  Node operator()(const hir::TextOf& n) const {
    return hir::TextOf{copy(n.number), n.texts, n.otherwise};
  }
  Node operator()(const hir::DeleteElement& n) const {
    return hir::DeleteElement{n.map, copy(n.key)};
  }
  Node operator()(const hir::HasElement& n) const { return hir::HasElement{n.map, copy(n.key)}; }
  Node operator()(const hir::MapLength& n) const { return n; }
  Node operator()(const hir::StringLength& n) const { return hir::StringLength{copy(n.string)}; }
  Node operator()(const hir::StringsDiffer& n) const {
    return hir::StringsDiffer{copy(n.left), copy(n.right), n.count};
  }
};

}  // namespace

ExprPtr clone(const hir::Expr& expr) {
  return std::make_unique<hir::Expr>(
      hir::Expr{expr.type, expr.span, std::visit(Cloner{}, expr.node)});
}

ExprPtr convert(ExprPtr expr, const Type& to) {
  if (expr->type.is_poison() || to.is_poison()) return poison(expr->span);
  expr->type.is_sign_free = false;
  if (expr->type == to) return expr;
  if (auto* literal = std::get_if<hir::IntLiteral>(&expr->node)) {
    literal->value = wrapped(literal->value, to);
    expr->type = to;
    expr->type.is_sign_free = false;
    return expr;
  }
  if (std::holds_alternative<hir::StringLiteral>(expr->node) && to.is(Kind::String)) {
    expr->type = to;
    return expr;
  }
  if (to.is(Kind::Tuple)) return convert_tuple(std::move(expr), to);
  Type type = to;
  type.is_sign_free = false;
  const Span span = expr->span;
  return make(hir::Cast{std::move(expr)}, std::move(type), span);
}

ExprPtr to_8_bytes(ExprPtr expr) {
  const Type type = types::integer(8, expr->type.is_signed);
  return convert(std::move(expr), type);
}

ExprPtr to_stored(ExprPtr expr) {
  const Type type = stored(expr->type);
  return convert(std::move(expr), type);
}

bool is_truthy(const Type& type) { return type.is_integer() || type.is(Kind::Pointer); }

ExprPtr to_bool(ExprPtr expr) { return convert(std::move(expr), types::boolean()); }

bool is_parameter(const hir::Expr& expr) {
  return std::holds_alternative<hir::Parameter>(expr.node);
}

ExprPtr parameter_as_string(ExprPtr expr) {
  if (is_parameter(*expr)) expr->type = types::string(lang::kParameterSize);
  return expr;
}

}  // namespace scry::sema
