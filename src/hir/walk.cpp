#include "hir/walk.h"

namespace scry::hir {

void for_each_part(const Expr& expr, const VisitExpr& callback) {
  struct Visitor {
    const VisitExpr& callback;
    void visit(const ExprPtr& e) {
      if (e) callback(*e);
    }
    void operator()(const Member& e) { visit(e.base); }
    void operator()(const MapRead& e) { visit(e.key); }
    void operator()(const StringAtPointer& e) { visit(e.pointer), visit(e.length); }
    void operator()(const Deref& e) { visit(e.pointer); }
    void operator()(const Unary& e) { visit(e.operand); }
    void operator()(const Binary& e) { visit(e.left), visit(e.right); }
    void operator()(const Logical& e) { visit(e.left), visit(e.right); }
    void operator()(const Conditional& e) {
      visit(e.condition), visit(e.if_true), visit(e.if_false);
    }
    void operator()(const Cast& e) { visit(e.operand); }
    void operator()(const IncrementMap& e) { visit(e.key); }
    void operator()(const TupleValue& e) {
      for (const ExprPtr& element : e.elements) visit(element);
    }
    void operator()(const TupleField& e) { visit(e.tuple); }
    void operator()(const Symbol& e) { visit(e.address); }
    void operator()(const DeleteElement& e) { visit(e.key); }
    void operator()(const HasElement& e) { visit(e.key); }
    void operator()(const MapLength&) {}
    void operator()(const Call& e) {
      for (const ExprPtr& argument : e.arguments) visit(argument);
    }
    void operator()(const TextOf& e) { visit(e.number); }
    void operator()(const StringLength& e) { visit(e.string); }
    void operator()(const StringsDiffer& e) { visit(e.left), visit(e.right); }
    void operator()(const TracepointField&) {}
    void operator()(const RawArgument&) {}
    void operator()(const Layout&) {}
    void operator()(const IntLiteral&) {}
    void operator()(const StringLiteral&) {}
    void operator()(const Parameter&) {}
    void operator()(const ParameterCount&) {}
    void operator()(const Builtin&) {}
    void operator()(const Variable&) {}
    void operator()(const IncrementVariable&) {}
  };
  std::visit(Visitor{callback}, expr.node);
}

void for_each_part(const Stmt& stmt, const VisitExpr& expr, const VisitBlock& block) {
  struct Visitor {
    const VisitExpr& expr;
    const VisitBlock& block;
    void visit(const ExprPtr& e) {
      if (e) expr(*e);
    }
    void operator()(const Evaluate& s) { visit(s.value); }
    void operator()(const AssignVariable& s) { visit(s.value); }
    void operator()(const AssignMap& s) { visit(s.key), visit(s.value); }
    void operator()(const UpdateMap& s) { visit(s.key), visit(s.value); }
    void operator()(const Aggregate& s) { visit(s.key), visit(s.value); }
    void operator()(const Emit& s) {
      for (const ExprPtr& argument : s.arguments) visit(argument);
    }
    void operator()(const If& s) { visit(s.condition), block(s.then), block(s.otherwise); }
    void operator()(const Loop& s) { visit(s.condition), block(s.body), block(s.step); }
    void operator()(const ForRange& s) { visit(s.from), visit(s.to), block(s.body); }
    void operator()(const ForEach& s) { block(s.body); }
    void operator()(const Break&) {}
    void operator()(const Continue&) {}
    void operator()(const Return&) {}
    void operator()(const Block& s) { block(s); }
  };
  std::visit(Visitor{expr, block}, stmt.node);
}

void walk(const Block& block, const VisitExpr& on_expr, const VisitStmt& on_stmt) {
  const VisitExpr expr = [&](const Expr& e) {
    if (on_expr) on_expr(e);
    for_each_part(e, expr);
  };
  const VisitBlock below = [&](const Block& b) {
    for (const StmtPtr& stmt : b) {
      if (on_stmt) on_stmt(*stmt);
      for_each_part(*stmt, expr, below);
    }
  };
  below(block);
}

}  // namespace scry::hir
