// The formatter's half below statements: expressions and types as text, with the parentheses that
// precedence and the grammar's rules (head of grammar/parser.yy) ask for.
#pragma once

#include <functional>
#include <string>

#include "ast/ast.h"
#include "base/source.h"

namespace scry::ast {

// How tightly an expression binds, loosest first. An operand of a looser level than its place asks for
// gets parentheses. Block and if-expressions count as Any: plain only where they stand alone.
enum class Level {
  Any,
  Ternary,
  LogicalOr,
  LogicalAnd,
  BitOr,
  BitXor,
  BitAnd,
  Equality,
  Comparison,
  Shift,
  Sum,
  Product,
  Unary,
  Postfix,
};

// As the last thing in a block, is this block or if-expression read as its value again? All its arms
// must have values; so must anything that is neither.
bool reads_as_value(const Expr& expr);

class ExprFormatter {
 public:
  // `format_block` writes a block expression's block to out(), from `{` to `}`.
  ExprFormatter(const SourceFile& source, std::function<void(const Block&)> format_block)
      : source_(source), format_block_(std::move(format_block)) {}

  std::string& out() { return out_; }
  size_t depth() const { return depth_; }
  void indent() { ++depth_; }
  void dedent() { --depth_; }

  void expr(const Expr& expr, Level least = Level::Any);
  // A call that is a whole statement: arguments beyond the line's width go on under the first one.
  void call_statement(const Call& call);
  void type(const Type& type);

  void operator()(const Integer& n);
  void operator()(const String& n);
  void operator()(const Bool& n);
  void operator()(const Identifier& n);
  void operator()(const Scratch& n);
  void operator()(const Map& n);
  void operator()(const Positional& n);
  void operator()(const PositionalCount& n);
  void operator()(const Unary& n);
  void operator()(const Step& n);
  void operator()(const Binary& n);
  void operator()(const Ternary& n);
  void operator()(const Cast& n);
  void operator()(const Call& n);
  void operator()(const Field& n);
  void operator()(const TupleIndex& n);
  void operator()(const ArrayIndex& n);
  void operator()(const Tuple& n);
  void operator()(const Record& n);
  void operator()(const BlockExpr& n);
  void operator()(const IfExpr& n);
  void operator()(const Comptime& n);
  void operator()(const TypeOperand& n);
  void operator()(const Sizeof& n);
  void operator()(const Typeof& n);
  void operator()(const Typeinfo& n);
  void operator()(const Offsetof& n);

  void operator()(const NamedType& n);
  void operator()(const TaggedType& n);
  void operator()(const TypeofType& n);
  void operator()(const PointerType& n);
  void operator()(const ArrayType& n);

 private:
  void write(std::string_view text) { out_ += text; }
  void list(const std::vector<ExprPtr>& exprs);
  void operand(const Expr& expr);
  void parenthesized(const Expr& expr);

  const SourceFile& source_;
  std::function<void(const Block&)> format_block_;
  std::string out_;
  size_t depth_ = 0;
  Span span_;  // of the expression being written
};

}  // namespace scry::ast
