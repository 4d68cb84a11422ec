#include "ast/format_expr.h"

#include <fmt/format.h>

#include "ast/type_names.h"

namespace scry::ast {

namespace {

template <typename T>
bool is(const Expr& expr) {
  return std::holds_alternative<T>(expr.node);
}

Level level(BinaryOp op) {
  switch (op) {
    case BinaryOp::LogicalOr: return Level::LogicalOr;
    case BinaryOp::LogicalAnd: return Level::LogicalAnd;
    case BinaryOp::BitOr: return Level::BitOr;
    case BinaryOp::BitXor: return Level::BitXor;
    case BinaryOp::BitAnd: return Level::BitAnd;
    case BinaryOp::Equal:
    case BinaryOp::NotEqual: return Level::Equality;
    case BinaryOp::Less:
    case BinaryOp::LessEqual:
    case BinaryOp::Greater:
    case BinaryOp::GreaterEqual: return Level::Comparison;
    case BinaryOp::ShiftLeft:
    case BinaryOp::ShiftRight: return Level::Shift;
    case BinaryOp::Add:
    case BinaryOp::Subtract: return Level::Sum;
    case BinaryOp::Multiply:
    case BinaryOp::Divide:
    case BinaryOp::Modulo: return Level::Product;
  }
  return Level::Any;
}

Level level(const Expr& expr) {
  if (const auto* binary = std::get_if<Binary>(&expr.node)) return level(binary->op);
  if (const auto* step = std::get_if<Step>(&expr.node))
    return step->is_prefix ? Level::Unary : Level::Postfix;
  if (is<Ternary>(expr)) return Level::Ternary;
  if (is<BlockExpr>(expr) || is<IfExpr>(expr) || is<Comptime>(expr)) return Level::Any;
  if (is<Unary>(expr) || is<Cast>(expr)) return Level::Unary;
  return Level::Postfix;
}

Level tighter(Level level) { return static_cast<Level>(static_cast<int>(level) + 1); }

// The name at the head of a type that has no `*` and no tag; "" for any other type.
std::string_view bare_name(const Type& type) {
  if (const auto* named = std::get_if<NamedType>(&type.node)) return named->name;
  if (const auto* array = std::get_if<ArrayType>(&type.node)) return bare_name(*array->element);
  return "";
}

// Would this expression, alone after `sizeof(`, be read as a type?
bool reads_like_type(const Expr& expr) {
  if (is<Identifier>(expr) || is<Typeof>(expr)) return true;
  const auto* element = std::get_if<ArrayIndex>(&expr.node);
  return element && reads_like_type(*element->object);
}

bool has_value(const Block& block) { return block.value && reads_as_value(*block.value); }

}  // namespace

bool reads_as_value(const Expr& expr) {
  if (const auto* block = std::get_if<BlockExpr>(&expr.node)) return has_value(block->block);
  if (const auto* branch = std::get_if<IfExpr>(&expr.node))
    return has_value(branch->then) && has_value(branch->otherwise);
  return true;
}

void ExprFormatter::expr(const Expr& expr, Level least) {
  if (level(expr) < least) return parenthesized(expr);
  const Span before = span_;
  span_ = expr.span;
  std::visit(*this, expr.node);
  span_ = before;
}

void ExprFormatter::parenthesized(const Expr& inner) { write("("), expr(inner), write(")"); }

void ExprFormatter::call_statement(const Call& call) {
  constexpr size_t kWidth = 100;
  const size_t line_start = out_.rfind('\n') == out_.npos ? 0 : out_.rfind('\n') + 1;
  write(call.callee.text), write("(");
  const std::string margin = ",\n" + std::string(out_.size() - line_start, ' ');
  size_t line = line_start;  // where the line being filled starts
  for (size_t i = 0; i < call.args.size(); ++i) {
    const size_t before = out_.size();
    if (i > 0) write(", ");
    expr(*call.args[i]);
    const bool is_plain = out_.find('\n', before) == out_.npos;
    if (i > 0 && is_plain && out_.size() + 2 - line > kWidth) {
      out_.replace(before, 2, margin);
      line = before + 2;
    } else if (!is_plain) {
      line = out_.rfind('\n') + 1;
    }
  }
  write(")");
}

void ExprFormatter::list(const std::vector<ExprPtr>& exprs) {
  for (size_t i = 0; i < exprs.size(); ++i) {
    if (i > 0) write(", ");
    expr(*exprs[i]);
  }
}

void ExprFormatter::operator()(const Integer& n) { write(n.text); }
void ExprFormatter::operator()(const String&) { write(source_.text(span_)); }
void ExprFormatter::operator()(const Bool& n) { write(n.value ? "true" : "false"); }
void ExprFormatter::operator()(const Identifier& n) { write(n.name); }
void ExprFormatter::operator()(const Scratch& n) { write("$" + n.name); }
void ExprFormatter::operator()(const Map& n) {
  write("@" + n.name);
  if (n.keys.empty()) return;
  write("["), list(n.keys), write("]");
}
void ExprFormatter::operator()(const Positional& n) { write(fmt::format("${}", n.index)); }
void ExprFormatter::operator()(const PositionalCount&) { write("$#"); }

void ExprFormatter::operator()(const Unary& n) {
  write(spelling(n.op));
  // Two operators that would run together into `--`, `&&`.
  const auto* inner = std::get_if<Unary>(&n.operand->node);
  const auto* step = std::get_if<Step>(&n.operand->node);
  const bool runs_together =
      (inner && inner->op == n.op && n.op != UnaryOp::Not && n.op != UnaryOp::BitNot) ||
      (step && step->is_prefix);
  if (runs_together)
    parenthesized(*n.operand);
  else
    expr(*n.operand, Level::Unary);
}
void ExprFormatter::operator()(const Step& n) {
  const std::string_view op = n.is_increment ? "++" : "--";
  if (n.is_prefix) write(op);
  expr(*n.target, Level::Postfix);
  if (!n.is_prefix) write(op);
}
void ExprFormatter::operator()(const Binary& n) {
  const Level own = level(n.op);
  expr(*n.left, own);
  write(fmt::format(" {} ", spelling(n.op)));
  expr(*n.right, tighter(own));
}
void ExprFormatter::operator()(const Ternary& n) {
  expr(*n.condition, Level::LogicalOr);
  write(n.then ? " ? " : " ?: ");
  if (n.then) expr(*n.then, Level::Ternary), write(" : ");
  expr(*n.otherwise, Level::Ternary);
}
void ExprFormatter::operator()(const Cast& n) {
  write("("), type(*n.type), write(")");
  // Rule 1: after a name that does not read like a type, these would be binary operators.
  const std::string_view name = bare_name(*n.type);
  const bool starts_with_operator =
      (is<Unary>(*n.operand) && std::get<Unary>(n.operand->node).op != UnaryOp::Not &&
       std::get<Unary>(n.operand->node).op != UnaryOp::BitNot) ||
      (is<Step>(*n.operand) && std::get<Step>(n.operand->node).is_prefix);
  if (!name.empty() && !ast::reads_like_type(name) && starts_with_operator)
    parenthesized(*n.operand);
  else
    expr(*n.operand, Level::Unary);
}
void ExprFormatter::operator()(const Call& n) {
  write(n.callee.text), write("("), list(n.args), write(")");
}
void ExprFormatter::operator()(const Field& n) {
  expr(*n.object, Level::Postfix);
  write(n.is_arrow ? "->" : ".");
  write(n.name.text);
}
void ExprFormatter::operator()(const TupleIndex& n) {
  expr(*n.object, Level::Postfix);
  write(".");
  write(source_.text(n.index_span));
}
void ExprFormatter::operator()(const ArrayIndex& n) {
  // Rule 7: `@m[` would open the map's keys.
  const auto* map = std::get_if<Map>(&n.object->node);
  if (map && map->keys.empty())
    parenthesized(*n.object);
  else
    expr(*n.object, Level::Postfix);
  write("["), expr(*n.index), write("]");
}
void ExprFormatter::operator()(const Tuple& n) {
  write("("), list(n.elements), write(n.elements.size() == 1 ? ",)" : ")");
}
void ExprFormatter::operator()(const Record& n) {
  write("(");
  for (size_t i = 0; i < n.fields.size(); ++i) {
    write((i > 0 ? ", " : "") + n.fields[i].name.text + "=");
    expr(*n.fields[i].value);
  }
  write(")");
}
void ExprFormatter::operator()(const BlockExpr& n) { format_block_(n.block); }
void ExprFormatter::operator()(const IfExpr& n) {
  write(n.is_comptime ? "if comptime (" : "if (");
  expr(*n.condition);
  write(") ");
  format_block_(n.then);
  write(" else ");
  if (n.is_else_if)
    expr(*n.otherwise.value);
  else
    format_block_(n.otherwise);
}
void ExprFormatter::operator()(const Comptime& n) { write("comptime "), expr(*n.operand); }
void ExprFormatter::operator()(const TypeOperand& n) { type(*n.type); }

void ExprFormatter::operand(const Expr& inner) {
  write("(");
  if (reads_like_type(inner))
    parenthesized(inner);
  else
    expr(inner);
}
void ExprFormatter::operator()(const Sizeof& n) {
  write("sizeof"), operand(*n.operand), write(")");
}
void ExprFormatter::operator()(const Typeof& n) {
  write("typeof"), operand(*n.operand), write(")");
}
void ExprFormatter::operator()(const Typeinfo& n) {
  write("typeinfo"), operand(*n.operand), write(")");
}
void ExprFormatter::operator()(const Offsetof& n) {
  write("offsetof"), operand(*n.operand), write(", ");
  for (size_t i = 0; i < n.path.size(); ++i) write((i > 0 ? "." : "") + n.path[i].text);
  write(")");
}

void ExprFormatter::type(const Type& type) { std::visit(*this, type.node); }
void ExprFormatter::operator()(const NamedType& n) { write(n.name); }
void ExprFormatter::operator()(const TaggedType& n) {
  write(fmt::format("{} {}", spelling(n.tag), n.name.text));
}
void ExprFormatter::operator()(const TypeofType& n) {
  write("typeof"), operand(*n.operand), write(")");
}
void ExprFormatter::operator()(const PointerType& n) { type(*n.target), write("*"); }
void ExprFormatter::operator()(const ArrayType& n) {
  type(*n.element), write("[");
  if (n.count) expr(*n.count);
  write("]");
}

}  // namespace scry::ast
