#include "ast/ast.h"

#include <algorithm>

#include "base/check.h"

namespace scry::ast {

namespace {

// Collects the direct children of one node; an absent child is skipped.
struct Children {
  std::vector<NodeRef> out;

  void add(const ExprPtr& expr) {
    if (expr) out.emplace_back(expr.get());
  }
  void add(const StmtPtr& stmt) {
    if (stmt) out.emplace_back(stmt.get());
  }
  void add(const TypePtr& type) {
    if (type) out.emplace_back(type.get());
  }
  void add(const Block& block) { out.emplace_back(&block); }
  template <typename T>
  void add(const std::vector<T>& list) {
    for (const T& item : list) add(item);
  }
  void add(const RecordField& field) { add(field.value); }
  void add(const FnParam& param) { add(param.type); }

  void operator()(const NamedType&) {}
  void operator()(const TaggedType&) {}
  void operator()(const TypeofType& n) { add(n.operand); }
  void operator()(const PointerType& n) { add(n.target); }
  void operator()(const ArrayType& n) { add(n.element), add(n.count); }

  void operator()(const Integer&) {}
  void operator()(const String&) {}
  void operator()(const Bool&) {}
  void operator()(const Identifier&) {}
  void operator()(const Scratch&) {}
  void operator()(const Map& n) { add(n.keys); }
  void operator()(const Positional&) {}
  void operator()(const PositionalCount&) {}
  void operator()(const Unary& n) { add(n.operand); }
  void operator()(const Step& n) { add(n.target); }
  void operator()(const Binary& n) { add(n.left), add(n.right); }
  void operator()(const Ternary& n) { add(n.condition), add(n.then), add(n.otherwise); }
  void operator()(const Cast& n) { add(n.type), add(n.operand); }
  void operator()(const Call& n) { add(n.args); }
  void operator()(const Field& n) { add(n.object); }
  void operator()(const TupleIndex& n) { add(n.object); }
  void operator()(const ArrayIndex& n) { add(n.object), add(n.index); }
  void operator()(const Tuple& n) { add(n.elements); }
  void operator()(const Record& n) { add(n.fields); }
  void operator()(const BlockExpr& n) { add(n.block); }
  void operator()(const IfExpr& n) { add(n.condition), add(n.then), add(n.otherwise); }
  void operator()(const Comptime& n) { add(n.operand); }
  void operator()(const TypeOperand& n) { add(n.type); }
  void operator()(const Sizeof& n) { add(n.operand); }
  void operator()(const Typeof& n) { add(n.operand); }
  void operator()(const Typeinfo& n) { add(n.operand); }
  void operator()(const Offsetof& n) { add(n.operand); }

  void operator()(const ExprStmt& n) { add(n.expr); }
  void operator()(const Assign& n) { add(n.target), add(n.value); }
  void operator()(const Discard& n) { add(n.value); }
  void operator()(const Let& n) { add(n.type), add(n.value); }
  void operator()(const If& n) { add(n.condition), add(n.then), add(n.otherwise); }
  void operator()(const Unroll& n) { add(n.count), add(n.body); }
  void operator()(const While& n) { add(n.condition), add(n.body); }
  void operator()(const ForRange& n) { add(n.from), add(n.to), add(n.body); }
  void operator()(const ForEach& n) { add(n.iterable), add(n.body); }
  void operator()(const Break&) {}
  void operator()(const Continue&) {}
  void operator()(const Return& n) { add(n.value); }
  void operator()(const BlockStmt& n) { add(n.block); }
  void operator()(const ImportStmt&) {}

  void operator()(const Probe& n) { add(n.predicate), add(n.body); }
  void operator()(const Macro& n) { add(n.body); }
  void operator()(const Fn& n) { add(n.params), add(n.result), add(n.body); }
  void operator()(const MapDecl& n) { add(n.entry_count); }

  void operator()(const Expr* n) { std::visit(*this, n->node); }
  void operator()(const Stmt* n) { std::visit(*this, n->node); }
  void operator()(const Type* n) { std::visit(*this, n->node); }
  void operator()(const Block* n) { add(n->stmts), add(n->value); }
};

}  // namespace

std::vector<NodeRef> children(NodeRef node) {
  Children found;
  std::visit(found, node);
  return std::move(found.out);
}

std::vector<NodeRef> children(const Item& item) {
  Children found;
  std::visit(found, item);
  return std::move(found.out);
}

std::string AttachPart::text() const {
  std::string all;
  for (const Piece& piece : pieces) all += piece.text;
  return all;
}

size_t Script::probe_count() const {
  return static_cast<size_t>(std::count_if(items.begin(), items.end(), [](const Item& item) {
    return std::holds_alternative<Probe>(item);
  }));
}

std::string_view spelling(BinaryOp op) {
  switch (op) {
    case BinaryOp::LogicalOr: return "||";
    case BinaryOp::LogicalAnd: return "&&";
    case BinaryOp::BitOr: return "|";
    case BinaryOp::BitXor: return "^";
    case BinaryOp::BitAnd: return "&";
    case BinaryOp::Equal: return "==";
    case BinaryOp::NotEqual: return "!=";
    case BinaryOp::Less: return "<";
    case BinaryOp::LessEqual: return "<=";
    case BinaryOp::Greater: return ">";
    case BinaryOp::GreaterEqual: return ">=";
    case BinaryOp::ShiftLeft: return "<<";
    case BinaryOp::ShiftRight: return ">>";
    case BinaryOp::Add: return "+";
    case BinaryOp::Subtract: return "-";
    case BinaryOp::Multiply: return "*";
    case BinaryOp::Divide: return "/";
    case BinaryOp::Modulo: return "%";
  }
  base::check_failed("a BinaryOp", __FILE__, __LINE__);
}

std::string_view spelling(UnaryOp op) {
  switch (op) {
    case UnaryOp::Not: return "!";
    case UnaryOp::BitNot: return "~";
    case UnaryOp::Negate: return "-";
    case UnaryOp::Dereference: return "*";
    case UnaryOp::AddressOf: return "&";
  }
  base::check_failed("a UnaryOp", __FILE__, __LINE__);
}

std::string_view spelling(Tag tag) {
  switch (tag) {
    case Tag::Struct: return "struct";
    case Tag::Union: return "union";
    case Tag::Enum: return "enum";
  }
  base::check_failed("a Tag", __FILE__, __LINE__);
}

}  // namespace scry::ast
