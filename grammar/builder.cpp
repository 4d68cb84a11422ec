#include "grammar/builder.h"

#include <algorithm>

#include "base/check.h"

namespace scry::grammar {

using T = Parser::token;

Builder::Builder(const SourceFile& source, FileId file, Tokens tokens, Diagnostics& diags)
    : source_(source),
      file_(file),
      tokens_(std::move(tokens)),
      diags_(diags),
      script_(std::make_unique<ast::Script>()) {
  script_->file = file;
  script_->shebang = tokens_.shebang;
  script_->comments = std::move(tokens_.comments);
}

int Builder::next_token(Parser::value_type* value, Span* span) {
  if (ends_statement_) {
    ends_statement_ = false;
    const uint32_t at = next_ ? tokens_.list[next_ - 1].span.end : 0;
    *span = {at, at, file_};
    return T::Semicolon;
  }
  const Token& token = tokens_.list[std::min(next_, tokens_.list.size() - 1)];
  ++next_;
  *span = token.span;
  switch (token.kind) {
    case T::Identifier:
    case T::TypeName:
    case T::Scratch:
    case T::Map:
    case T::String:
    case T::CText:
    case T::ProbeName:
    case T::Positional: value->emplace<std::string>(std::move(tokens_.strings[token.value])); break;
    case T::Integer: value->emplace<ast::Integer>(std::move(tokens_.integers[token.value])); break;
    case T::AttachPoint:
      value->emplace<std::unique_ptr<ast::AttachPoint>>(
          std::move(tokens_.attach_points[token.value]));
      break;
    default: break;  // the other kinds carry no value
  }
  return token.kind;
}

// --- nodes ------------------------------------------------------------------------------------------

uint32_t Builder::height_over(ast::NodeRef node) {
  uint32_t below = 0;
  for (const ast::NodeRef child : ast::children(node)) {
    const uint32_t height = std::visit(
        [](const auto* n) -> uint32_t {
          if constexpr (requires { n->height; })
            return n->height;
          else
            return height_over(n);
        },
        child);
    below = std::max(below, height);
  }
  return below + 1;
}

void Builder::report_too_deep(Span span) {
  if (!is_too_deep_) diags_.add<diag::Id::TooDeep>(span, ast::kMaxHeight);
  is_too_deep_ = true;
}

ast::ExprPtr Builder::binary(Span span, ast::ExprPtr left, ast::BinaryOp op, Span op_span,
                             ast::ExprPtr right) {
  return expr(span, ast::Binary{op, op_span, std::move(left), std::move(right)});
}

namespace {

bool is_variable(const ast::Expr& expr) {
  return std::holds_alternative<ast::Scratch>(expr.node) ||
         std::holds_alternative<ast::Map>(expr.node);
}

}  // namespace

ast::ExprPtr Builder::address_of(Span span, ast::ExprPtr operand) {
  if (!is_variable(*operand)) diags_.add<diag::Id::NotAddressable>(operand->span);
  return expr(span, ast::Unary{ast::UnaryOp::AddressOf, std::move(operand)});
}

ast::ExprPtr Builder::step(Span span, ast::ExprPtr target, bool is_increment, bool is_prefix) {
  if (!is_variable(*target)) diags_.add<diag::Id::NotSteppable>(target->span);
  return expr(span, ast::Step{is_increment, is_prefix, std::move(target)});
}

ast::ExprPtr Builder::positional(Span span, const std::string& digits) {
  uint64_t index = 0;
  for (char c : digits)
    index = std::min<uint64_t>(index * 10 + static_cast<uint64_t>(c - '0'), UINT32_MAX);
  if (index == 0 || index == UINT32_MAX)
    diags_.add<diag::Id::PositionalRange>(span, digits, UINT32_MAX - 1);
  return expr(span, ast::Positional{static_cast<uint32_t>(index)});
}

ast::ExprPtr Builder::tuple(Span span, ast::ExprPtr first, std::vector<ast::ExprPtr> rest) {
  ast::Tuple tuple;
  tuple.elements.push_back(std::move(first));
  for (ast::ExprPtr& element : rest) tuple.elements.push_back(std::move(element));
  return expr(span, std::move(tuple));
}

ast::StmtPtr Builder::assign(Span span, ast::ExprPtr target, std::optional<ast::BinaryOp> op,
                             Span op_span, ast::ExprPtr value) {
  if (!is_variable(*target)) {
    const bool is_part = std::holds_alternative<ast::Field>(target->node) ||
                         std::holds_alternative<ast::TupleIndex>(target->node) ||
                         std::holds_alternative<ast::ArrayIndex>(target->node);
    if (is_part)
      diags_.add<diag::Id::TupleImmutable>(target->span);
    else
      diags_.add<diag::Id::NotAssignable>(target->span);
  }
  return stmt(span, ast::Assign{std::move(target), op, op_span, std::move(value)});
}

// --- blocks -----------------------------------------------------------------------------------------

BlockPtr Builder::block(Span span, std::vector<ast::StmtPtr> stmts, ast::StmtPtr last) {
  auto made = std::make_unique<ast::Block>();
  made->span = span;
  made->stmts = std::move(stmts);
  if (!last) return made;
  if (auto* value = std::get_if<ast::ExprStmt>(&last->node))
    made->value = std::move(value->expr);
  else
    made->stmts.push_back(std::move(last));
  return made;
}

ast::Block Builder::body(BlockPtr block) {
  settle_body(*block);
  return std::move(*block);
}

ast::Block Builder::value(BlockPtr block) {
  settle_value(*block);
  return std::move(*block);
}

void Builder::settle_body(ast::Block& block) {
  if (block.value) {
    const Span span = block.value->span;
    block.stmts.push_back(stmt(span, ast::ExprStmt{std::move(block.value)}));
    block.value = nullptr;
  }
  for (ast::StmtPtr& each : block.stmts) settle_body(*each);
}

// Only an `if` and a bare block were left raw; the bodies of loops are settled already.
void Builder::settle_body(ast::Stmt& stmt) {
  if (auto* branch = std::get_if<ast::If>(&stmt.node)) {
    settle_body(branch->then);
    if (branch->otherwise) settle_body(*branch->otherwise);
  } else if (auto* inner = std::get_if<ast::BlockStmt>(&stmt.node)) {
    settle_body(inner->block);
  }
}

namespace {

bool has_value(const ast::Stmt& stmt);

bool has_value(const ast::Block& block) {
  return block.value || (!block.stmts.empty() && has_value(*block.stmts.back()));
}

bool has_value(const ast::Stmt& stmt) {
  if (const auto* branch = std::get_if<ast::If>(&stmt.node))
    return has_value(branch->then) && branch->otherwise && has_value(*branch->otherwise);
  const auto* inner = std::get_if<ast::BlockStmt>(&stmt.node);
  return inner && has_value(inner->block);
}

}  // namespace

void Builder::settle_value(ast::Block& block) {
  if (!block.value && has_value(block)) {
    ast::StmtPtr last = std::move(block.stmts.back());
    block.stmts.pop_back();
    block.value = take_value(std::move(last));
  }
  for (ast::StmtPtr& each : block.stmts) settle_body(*each);
}

// A raw `if` or block as the expression it stands for.
ast::ExprPtr Builder::take_value(ast::StmtPtr raw) {
  if (auto* inner = std::get_if<ast::BlockStmt>(&raw->node)) {
    settle_value(inner->block);
    return expr(raw->span, ast::BlockExpr{std::move(inner->block)});
  }
  auto* branch = std::get_if<ast::If>(&raw->node);
  if (!branch) return expr(raw->span, ast::Integer{});  // was too deep, reported
  ast::IfExpr made;
  made.is_comptime = branch->is_comptime;
  made.condition = std::move(branch->condition);
  settle_value(branch->then);
  made.then = std::move(branch->then);
  if (!branch->otherwise) {
    diags_.add<diag::Id::IfWithoutElse>(raw->span);
    made.otherwise.span = {raw->span.end, raw->span.end, file_};
  } else if (auto* other = std::get_if<ast::BlockStmt>(&branch->otherwise->node)) {
    settle_value(other->block);
    made.otherwise = std::move(other->block);
  } else {
    made.is_else_if = true;
    made.otherwise.span = branch->otherwise->span;
    made.otherwise.value = take_value(std::move(branch->otherwise));
  }
  return expr(raw->span, std::move(made));
}

ast::StmtPtr Builder::if_stmt(Span span, ast::ExprPtr condition, BlockPtr then,
                              ast::StmtPtr otherwise) {
  ast::If made;
  if (auto* comptime = std::get_if<ast::Comptime>(&condition->node)) {
    ast::ExprPtr operand = std::move(comptime->operand);
    condition = std::move(operand);
    made.is_comptime = true;
  }
  made.condition = std::move(condition);
  made.then = std::move(*then);
  made.otherwise = std::move(otherwise);
  return stmt(span, std::move(made));
}

ast::ExprPtr Builder::if_expr(Span, ast::StmtPtr raw_if) { return take_value(std::move(raw_if)); }

// --- items ------------------------------------------------------------------------------------------

void Builder::add_definition(Span span, std::string text) {
  if (script_->config || !script_->imports.empty() || !script_->items.empty())
    diags_.add<diag::Id::DefinitionsLate>(span);
  else
    script_->c_definitions.push_back({span, std::move(text)});
}

void Builder::add_config(Span span, Span keyword, std::vector<ast::ConfigEntry> entries) {
  if (script_->config)
    diags_.add<diag::Id::ConfigDuplicate>(keyword).label(script_->config->span, "the first");
  else if (!script_->items.empty())
    diags_.add<diag::Id::ConfigLate>(keyword);
  else
    script_->config = ast::Config{span, std::move(entries)};
}

void Builder::add_import(Span span, Span keyword, ast::Name path) {
  if (!script_->items.empty())
    diags_.add<diag::Id::ImportLate>(keyword);
  else
    script_->imports.push_back({span, std::move(path)});
}

void Builder::add_probe(Span span, std::optional<ast::Name> name,
                        std::vector<ast::AttachPoint> attach_points, ast::ExprPtr predicate,
                        BlockPtr block) {
  // An absent name has no place of its own; the span starts with the first attach point.
  span.begin = name ? name->span.begin : attach_points.front().span.begin;
  script_->items.push_back(ast::Probe{span, std::move(name), std::move(attach_points),
                                      std::move(predicate), body(std::move(block))});
}

void Builder::add_macro(Span span, ast::Name name, std::vector<ast::MacroParam> params,
                        BlockPtr block) {
  script_->items.push_back(
      ast::Macro{span, std::move(name), std::move(params), value(std::move(block))});
}

void Builder::add_fn(Span span, ast::Name name, std::vector<ast::FnParam> params,
                     ast::TypePtr result, BlockPtr block) {
  script_->items.push_back(
      ast::Fn{span, std::move(name), std::move(params), std::move(result), body(std::move(block))});
}

void Builder::add_map_decl(Span span, ast::Name name, ast::Name kind, ast::ExprPtr entry_count) {
  script_->items.push_back(
      ast::MapDecl{span, std::move(name), std::move(kind), std::move(entry_count)});
}

}  // namespace scry::grammar
