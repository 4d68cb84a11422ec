// What the parser's actions call: hands out tokens, makes nodes, keeps the tree's height within
// ast::kMaxHeight, checks the few rules that are syntax but no grammar (what may be assigned to, the
// order of sections), and turns a syntax error into one message and a place to go on from.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ast/ast.h"
#include "diag/diagnostics.h"
#include "grammar/parser.h"
#include "grammar/token.h"

namespace scry::grammar {

using BlockPtr = std::unique_ptr<ast::Block>;

class Builder {
 public:
  Builder(const SourceFile& source, FileId file, Tokens tokens, Diagnostics& diags);

  std::unique_ptr<ast::Script> take() { return std::move(script_); }

  // --- called by the parser
  int next_token(Parser::value_type* value, Span* span);
  // The token just read fits none of `expected`.
  void syntax_error(const std::vector<Parser::symbol_kind_type>& expected);

  // --- nodes
  template <typename Node>
  ast::ExprPtr expr(Span span, Node&& node) {
    auto made = std::make_unique<ast::Expr>(ast::Expr{span, 1, std::forward<Node>(node)});
    if (!measure(*made)) made->node = ast::Integer{};
    return made;
  }
  template <typename Node>
  ast::StmtPtr stmt(Span span, Node&& node) {
    auto made = std::make_unique<ast::Stmt>(ast::Stmt{span, 1, std::forward<Node>(node)});
    if (!measure(*made)) made->node = ast::Break{};
    return made;
  }
  template <typename Node>
  ast::TypePtr type(Span span, Node&& node) {
    auto made = std::make_unique<ast::Type>(ast::Type{span, 1, std::forward<Node>(node)});
    if (!measure(*made)) made->node = ast::NamedType{};
    return made;
  }
  ast::ExprPtr binary(Span span, ast::ExprPtr left, ast::BinaryOp op, Span op_span,
                      ast::ExprPtr right);
  ast::ExprPtr address_of(Span span, ast::ExprPtr operand);
  ast::ExprPtr step(Span span, ast::ExprPtr target, bool is_increment, bool is_prefix);
  ast::ExprPtr positional(Span span, const std::string& digits);
  ast::ExprPtr tuple(Span span, ast::ExprPtr first, std::vector<ast::ExprPtr> rest);
  ast::StmtPtr assign(Span span, ast::ExprPtr target, std::optional<ast::BinaryOp> op, Span op_span,
                      ast::ExprPtr value);

  // --- blocks. A block is made raw, with its last expression as its value, as long as nobody knows
  // whether it stands for one; body() and value() settle it and what is below.
  BlockPtr block(Span span, std::vector<ast::StmtPtr> stmts, ast::StmtPtr last);
  ast::Block body(BlockPtr block);
  ast::Block value(BlockPtr block);
  ast::StmtPtr if_stmt(Span span, ast::ExprPtr condition, BlockPtr then, ast::StmtPtr otherwise);
  ast::ExprPtr if_expr(Span span, ast::StmtPtr raw_if);

  // --- items
  void add_definition(Span span, std::string text);
  void add_config(Span span, Span keyword, std::vector<ast::ConfigEntry> entries);
  void add_import(Span span, Span keyword, ast::Name path);
  void add_probe(Span span, std::optional<ast::Name> name,
                 std::vector<ast::AttachPoint> attach_points, ast::ExprPtr predicate,
                 BlockPtr block);
  void add_macro(Span span, ast::Name name, std::vector<ast::MacroParam> params, BlockPtr block);
  void add_fn(Span span, ast::Name name, std::vector<ast::FnParam> params, ast::TypePtr result,
              BlockPtr block);
  void add_map_decl(Span span, ast::Name name, ast::Name kind, ast::ExprPtr entry_count);

 private:
  // Sets the node's height from its children's; false, reported once, when that is over the limit.
  template <typename Node>
  bool measure(Node& node) {
    node.height = height_over(&node);
    if (node.height <= ast::kMaxHeight) return true;
    node.height = 1;
    report_too_deep(node.span);
    return false;
  }
  static uint32_t height_over(ast::NodeRef node);
  void report_too_deep(Span span);

  void settle_body(ast::Block& block);
  void settle_body(ast::Stmt& stmt);
  void settle_value(ast::Block& block);
  ast::ExprPtr take_value(ast::StmtPtr stmt);

  // In syntax_error.cpp.
  std::string expectation(const std::vector<Parser::symbol_kind_type>& expected) const;
  void add_advice(diag::Diagnostic& diagnostic,
                  const std::vector<Parser::symbol_kind_type>& expected) const;
  void skip_to_recovery();

  const SourceFile& source_;
  FileId file_;
  Tokens tokens_;
  Diagnostics& diags_;
  std::unique_ptr<ast::Script> script_;
  size_t next_ = 0;              // the next token to hand out
  bool ends_statement_ = false;  // hand out a `;` that is not there, to recover at
  bool is_too_deep_ = false;
};

}  // namespace scry::grammar
