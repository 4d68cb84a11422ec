// Operators: what they accept, the type of the result, and the folding of literals.
#include <fmt/format.h>

#include "base/check.h"
#include "sema/fold.h"
#include "sema/lowering.h"

namespace scry::sema {

using hir::BinaryOp;
using types::Kind;

namespace {

bool is_wrong(const ExprPtr& expr) { return expr->type.is_poison(); }

const std::string* literal_text(const hir::Expr& expr) {
  const auto* literal = std::get_if<hir::StringLiteral>(&expr.node);
  return literal ? &literal->bytes : nullptr;
}

std::string_view spelling(BinaryOp op) {
  constexpr std::string_view kSpellings[] = {"+",  "-",  "*",  "/",  "%", "&",  "|", "^",
                                             "<<", ">>", "==", "!=", "<", "<=", ">", ">="};
  return kSpellings[static_cast<size_t>(op)];
}

}  // namespace

std::optional<BinaryOp> hir_op(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::LogicalOr:
    case ast::BinaryOp::LogicalAnd: return {};
    case ast::BinaryOp::BitOr: return BinaryOp::BitOr;
    case ast::BinaryOp::BitXor: return BinaryOp::BitXor;
    case ast::BinaryOp::BitAnd: return BinaryOp::BitAnd;
    case ast::BinaryOp::Equal: return BinaryOp::Equal;
    case ast::BinaryOp::NotEqual: return BinaryOp::NotEqual;
    case ast::BinaryOp::Less: return BinaryOp::Less;
    case ast::BinaryOp::LessEqual: return BinaryOp::LessEqual;
    case ast::BinaryOp::Greater: return BinaryOp::Greater;
    case ast::BinaryOp::GreaterEqual: return BinaryOp::GreaterEqual;
    case ast::BinaryOp::ShiftLeft: return BinaryOp::ShiftLeft;
    case ast::BinaryOp::ShiftRight: return BinaryOp::ShiftRight;
    case ast::BinaryOp::Add: return BinaryOp::Add;
    case ast::BinaryOp::Subtract: return BinaryOp::Subtract;
    case ast::BinaryOp::Multiply: return BinaryOp::Multiply;
    case ast::BinaryOp::Divide: return BinaryOp::Divide;
    case ast::BinaryOp::Modulo: return BinaryOp::Modulo;
  }
  SCRY_CHECK(false);
}

ExprPtr Lowering::operator()(const ast::Binary& e, Span span) {
  ExprPtr left = lower(*e.left);
  ExprPtr right = lower(*e.right);
  if (is_wrong(left) || is_wrong(right)) return poison(span);
  if (const auto op = hir_op(e.op)) return binary(*op, std::move(left), std::move(right), span);
  return logical(e.op == ast::BinaryOp::LogicalAnd, std::move(left), std::move(right), span);
}

ExprPtr Lowering::binary(BinaryOp op, ExprPtr left, ExprPtr right, Span span) {
  if (is_wrong(left) || is_wrong(right)) return poison(span);
  if (left->type.is(Kind::String)) right = parameter_as_string(std::move(right));
  if (right->type.is(Kind::String)) left = parameter_as_string(std::move(left));
  return is_comparison(op) ? compare(op, std::move(left), std::move(right), span)
                           : arithmetic(op, std::move(left), std::move(right), span);
}

ExprPtr Lowering::mismatch(BinaryOp op, const hir::Expr& left, const hir::Expr& right, Span span) {
  const bool is_same_kind = left.type.kind == right.type.kind;
  const bool has_pointer = left.type.is(Kind::Pointer) || right.type.is(Kind::Pointer);
  if (is_same_kind || has_pointer)
    return refuse<Id::OperatorMismatch>(span, spelling(op), describe(left.type),
                                        describe(right.type));
  report<Id::OperandMismatch>(span, spelling(op), describe(left.type), describe(right.type))
      .label(left.span, fmt::format("left ({})", describe(left.type)))
      .label(right.span, fmt::format("right ({})", describe(right.type)));
  return poison(span);
}

// --- conditions -----------------------------------------------------------------------------------

ExprPtr Lowering::condition(const ast::Expr& expr) {
  ExprPtr value = lower(expr);
  if (is_wrong(value)) return value;
  if (!is_truthy(value->type))
    return refuse<Id::InvalidCondition>(expr.span, describe(value->type));
  return to_bool(std::move(value));
}

ExprPtr Lowering::logical(bool is_and, ExprPtr left, ExprPtr right, Span span) {
  const char* const op = is_and ? "&&" : "||";
  if (!is_truthy(left->type) || !is_truthy(right->type)) {
    report<Id::OperatorMismatch>(span, op, describe(left->type), describe(right->type));
    return poison(span);
  }
  left = to_bool(std::move(left)), right = to_bool(std::move(right));
  const auto a = constant(*left), b = constant(*right);
  if (a && b) return bool_literal(is_and ? *a && *b : *a || *b, span);
  return make(hir::Logical{is_and, std::move(left), std::move(right)}, types::boolean(), span);
}

ExprPtr Lowering::operator()(const ast::Ternary& e, Span span) {
  if (e.then) {
    ExprPtr is_true = condition(*e.condition);
    ExprPtr if_true = lower(*e.then);
    return choose(std::move(is_true), std::move(if_true), lower(*e.otherwise), span);
  }
  // `a ?: b` reads `a` twice, so `a` must be cheap and change nothing.
  ExprPtr value = lower(*e.condition);
  ExprPtr otherwise = lower(*e.otherwise);
  if (is_wrong(value)) return value;
  if (!is_truthy(value->type))
    return refuse<Id::InvalidCondition>(e.condition->span, describe(value->type));
  const bool is_simple = std::holds_alternative<hir::Variable>(value->node) ||
                         std::holds_alternative<hir::IntLiteral>(value->node) ||
                         std::holds_alternative<hir::Parameter>(value->node) ||
                         std::holds_alternative<hir::TracepointField>(value->node) ||
                         std::holds_alternative<hir::Builtin>(value->node) ||
                         std::holds_alternative<hir::MapRead>(value->node);
  if (!is_simple) return not_supported(e.condition->span, "`?:` after this expression");
  ExprPtr is_true = to_bool(clone(*value));
  return choose(std::move(is_true), std::move(value), std::move(otherwise), span);
}

ExprPtr Lowering::choose(ExprPtr is_true, ExprPtr if_true, ExprPtr if_false, Span span) {
  if (is_wrong(is_true) || is_wrong(if_true) || is_wrong(if_false)) return poison(span);
  if (if_true->type.is(Kind::String)) if_false = parameter_as_string(std::move(if_false));
  if (if_false->type.is(Kind::String)) if_true = parameter_as_string(std::move(if_true));
  const bool has_void = if_true->type.is_none() || if_false->type.is_none();
  Type type = has_void ? types::poison() : unify(if_true->type, if_false->type);
  if (type.is_poison() || type.is_aggregation())
    return refuse<Id::BranchMismatch>(span, describe(if_true->type), describe(if_false->type));
  type = stored(type);
  if_true = convert(std::move(if_true), type), if_false = convert(std::move(if_false), type);
  return make(hir::Conditional{std::move(is_true), std::move(if_true), std::move(if_false)},
              std::move(type), span);
}

// --- comparisons ----------------------------------------------------------------------------------

ExprPtr Lowering::compare(BinaryOp op, ExprPtr left, ExprPtr right, Span span) {
  const auto result = [&](ExprPtr a, ExprPtr b) {
    return make(hir::Binary{op, std::move(a), std::move(b)}, types::boolean(), span);
  };
  const Type &l = left->type, &r = right->type;
  const bool is_equality = op == BinaryOp::Equal || op == BinaryOp::NotEqual;
  if (l.is_integer() && r.is_integer()) {
    const auto a = constant(*left), b = constant(*right);
    if (a && b) return bool_literal(fold_comparison(op, *a, *b), span);
    const Type type = common_integer(l, r);
    return result(convert(std::move(left), type), convert(std::move(right), type));
  }
  if (is_truthy(l) && is_truthy(r)) {  // a pointer with a pointer or an integer
    return result(convert(std::move(left), types::uint64()),
                  convert(std::move(right), types::uint64()));
  }
  if (l.is(Kind::ProbeName) && r.is(Kind::String) && is_equality)
    return compare_probe_name(op, std::move(left), std::move(right), span);
  if (r.is(Kind::ProbeName) && l.is(Kind::String) && is_equality)
    return compare_probe_name(op, std::move(right), std::move(left), span);
  if (!is_equality || l.is_none() || r.is_none()) return mismatch(op, *left, *right, span);
  if (const std::string* a = literal_text(*left), *b = literal_text(*right); a && b)
    return bool_literal((*a == *b) == (op == BinaryOp::Equal), span);
  const Type type = stored(unify(l, r));
  if (type.is_poison() || type.is_aggregation()) return mismatch(op, *left, *right, span);
  return result(convert(std::move(left), type), convert(std::move(right), type));
}

// `probe` is the name of the attach point, which is known here unless there is a pattern in it.
ExprPtr Lowering::compare_probe_name(BinaryOp op, ExprPtr name, ExprPtr text, Span span) {
  const std::string* literal = literal_text(*text);
  const lang::AttachPoint& point = body_.attach_points.front();
  const bool is_known =
      body_.attach_points.size() == 1 && point.text.find_first_of("*$") == std::string::npos;
  if (!literal || !is_known || !std::holds_alternative<hir::Builtin>(name->node))
    return not_supported(span, "comparing the name of a probe that is not known before the run");
  return bool_literal((*literal == point.text) == (op == BinaryOp::Equal), span);
}

// --- arithmetic -----------------------------------------------------------------------------------

ExprPtr Lowering::arithmetic(BinaryOp op, ExprPtr left, ExprPtr right, Span span) {
  if (const std::string* a = literal_text(*left); a && op == BinaryOp::Add) {
    if (const std::string* b = literal_text(*right)) return string_literal(*a + *b, span);
    const auto skipped = constant(*right);
    if (skipped && *skipped >= 0)
      return string_literal(a->substr(std::min(a->size(), static_cast<size_t>(*skipped))), span);
  }
  const bool moves = op == BinaryOp::Add || op == BinaryOp::Subtract;
  if (moves && left->type.is(Kind::Pointer) && right->type.is_integer())
    return move_pointer(op, std::move(left), std::move(right), span);
  if (op == BinaryOp::Add && right->type.is(Kind::Pointer) && left->type.is_integer())
    return move_pointer(op, std::move(right), std::move(left), span);
  if (!left->type.is_integer() || !right->type.is_integer())
    return mismatch(op, *left, *right, span);

  const auto a = constant(*left), b = constant(*right);
  if (a && b) {
    if (const auto value = fold(op, *a, *b)) return integer_literal(*value, span);
    return refuse<Id::FoldOverflow>(span);
  }
  const bool is_shift = op == BinaryOp::ShiftLeft || op == BinaryOp::ShiftRight;
  Type type = op == BinaryOp::Subtract ? types::int64() : common_integer(left->type, right->type);
  if (is_shift) type = common_integer(left->type, left->type);  // the count has no say
  left = convert(std::move(left), type), right = convert(std::move(right), type);
  return make(hir::Binary{op, std::move(left), std::move(right)}, type, span);
}

ExprPtr Lowering::move_pointer(BinaryOp op, ExprPtr pointer, ExprPtr count, Span span) {
  Type type = pointer->type;
  const uint32_t size = std::max(type.element->size, 1u);
  ExprPtr step;
  if (type.element->is(Kind::Struct))
    step = layout(type.element->name, {}, false, span);
  else if (size > 1)
    step = integer_literal(size, span);
  if (step) count = binary(BinaryOp::Multiply, std::move(count), std::move(step), span);
  if (is_wrong(count)) return count;
  ExprPtr moved = make(hir::Binary{op, convert(std::move(pointer), types::uint64()),
                                   convert(std::move(count), types::uint64())},
                       types::uint64(), span);
  return convert(std::move(moved), type);
}

ExprPtr Lowering::as_integer(ExprPtr expr) {
  if (!expr->type.is_integer()) return nullptr;
  return to_8_bytes(std::move(expr));
}

// --- unary ----------------------------------------------------------------------------------------

ExprPtr Lowering::operator()(const ast::Unary& e, Span span) {
  if (e.op == ast::UnaryOp::AddressOf)
    return not_supported(span, "the address of a variable or map");
  ExprPtr operand = lower(*e.operand);
  if (is_wrong(operand)) return poison(span);
  if (e.op == ast::UnaryOp::Dereference) return deref(std::move(operand), span);
  const bool fits =
      e.op == ast::UnaryOp::Not ? is_truthy(operand->type) : operand->type.is_integer();
  if (!fits) return refuse<Id::UnaryMismatch>(span, ast::spelling(e.op), describe(operand->type));
  switch (e.op) {
    case ast::UnaryOp::Not: {
      ExprPtr value = to_bool(std::move(operand));
      if (const auto known = constant(*value)) return bool_literal(!*known, span);
      return make(hir::Unary{hir::UnaryOp::Not, std::move(value)}, types::boolean(), span);
    }
    case ast::UnaryOp::Negate: return negate(std::move(operand), span);
    case ast::UnaryOp::BitNot: return invert(std::move(operand), span);
    case ast::UnaryOp::Dereference:
    case ast::UnaryOp::AddressOf: break;
  }
  SCRY_CHECK(false);
}

ExprPtr Lowering::negate(ExprPtr operand, Span span) {
  if (const auto value = constant(*operand)) {
    if (const auto negative = fold(BinaryOp::Subtract, 0, *value))
      return integer_literal(*negative, span);
    return refuse<Id::FoldOverflow>(span);
  }
  return make(hir::Unary{hir::UnaryOp::Negate, convert(std::move(operand), types::int64())},
              types::int64(), span);
}

ExprPtr Lowering::invert(ExprPtr operand, Span span) {
  if (const auto value = constant(*operand)) {
    // The complement of what was not negative is a large unsigned number.
    const auto bits = ~static_cast<uint64_t>(*value);
    return integer_literal(*value < 0 ? Wide{static_cast<int64_t>(bits)} : Wide{bits}, span);
  }
  const Type type = types::integer(8, operand->type.is_signed);
  return make(hir::Unary{hir::UnaryOp::BitNot, convert(std::move(operand), type)}, type, span);
}

ExprPtr Lowering::deref(ExprPtr pointer, Span span) {
  if (is_wrong(pointer)) return poison(span);
  // An integer is an address of something unsigned and 8 bytes wide.
  if (pointer->type.is_integer()) {
    Type type = types::pointer(types::uint64(), address_space());
    pointer = convert(to_8_bytes(std::move(pointer)), type);
  }
  if (!pointer->type.is(Kind::Pointer))
    return refuse<Id::UnaryMismatch>(span, "*", describe(pointer->type));
  const Type target = *pointer->type.element;
  if (target.is_none()) return refuse<Id::VoidPointer>(span);
  if (target.is(Kind::Struct)) return member(std::move(pointer), target.name, {}, span);
  if (!target.is_scalar())
    return not_supported(span, fmt::format("reading a {}", describe(target)));
  return make(hir::Deref{std::move(pointer)}, target, span);
}

}  // namespace scry::sema
