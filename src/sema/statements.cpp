// Statements and blocks.
#include "base/strings.h"
#include "sema/builtins/hooks.h"
#include "sema/lowering.h"

namespace scry::sema {

namespace {

constexpr int kMostUnrolled = 100;
// Nested unrolls multiply: this many copies of one statement are no script any more.
constexpr uint32_t kMostCopies = 10000;

}  // namespace

bool ends(const hir::Block& block) {
  if (block.empty()) return false;
  const auto& last = block.back()->node;
  if (std::holds_alternative<hir::Return>(last) || std::holds_alternative<hir::Break>(last) ||
      std::holds_alternative<hir::Continue>(last))
    return true;
  if (const auto* inner = std::get_if<hir::Block>(&last)) return ends(*inner);
  const auto* choice = std::get_if<hir::If>(&last);
  return choice && ends(choice->then) && ends(choice->otherwise);
}

Lowering::Lowering(Unit& unit, Body& body, Diagnostics& diags)
    : unit_(unit), body_(body), variables_(body.variables), diags_(diags) {}

types::AddressSpace Lowering::address_space() const {
  const lang::AttachPoint& point = body_.attach_points.front();
  const bool is_user = point.kind == lang::ProbeKind::Uprobe ||
                       point.kind == lang::ProbeKind::Uretprobe ||
                       point.kind == lang::ProbeKind::Usdt || point.is_syscall();
  return is_user ? types::AddressSpace::User : types::AddressSpace::Kernel;
}

void Lowering::emit(decltype(hir::Stmt::node) node, Span span) {
  out_->push_back(std::make_unique<hir::Stmt>(hir::Stmt{span, std::move(node)}));
}

void Lowering::emit_event(lang::EventFormat format, std::vector<ExprPtr> arguments) {
  for (const ExprPtr& argument : arguments) format.arguments.push_back(argument->type);
  const Span span = format.span;
  const auto id = static_cast<hir::FormatId>(unit_.formats.size());
  unit_.formats.push_back(std::move(format));
  emit(hir::Emit{id, std::move(arguments)}, span);
}

hir::Block Lowering::lower_body() {
  variables_.begin_round();
  const ast::Probe& clause = *body_.clause;
  hir::Block result;
  out_ = &result;
  variables_.open_scope();
  if (clause.predicate) {
    ExprPtr predicate = condition(*clause.predicate);
    emit(hir::If{std::move(predicate), lower(clause.body), {}}, clause.predicate->span);
  } else {
    result = lower(clause.body);
  }
  variables_.close_scope();
  for (const Variable& variable : variables_.all())
    if (variable.is_let && !variable.is_assigned)
      report<Id::NeverAssigned>(variable.span, variable.name);
  return result;
}

hir::Block Lowering::lower(const ast::Block& block) {
  hir::Block result;
  hir::Block* const outer = std::exchange(out_, &result);
  variables_.open_scope();
  lower_statements(block.stmts);
  if (block.value) lower_effect(*block.value);
  variables_.close_scope();
  out_ = outer;
  return result;
}

void Lowering::lower_statements(const std::vector<ast::StmtPtr>& stmts) {
  hir::Block unreachable;  // checked, then dropped
  bool has_ended = false;
  hir::Block* const outer = out_;
  for (const ast::StmtPtr& stmt : stmts) {
    if (!has_ended && ends(*out_)) {
      has_ended = true;
      report<Id::Unreachable>(stmt->span);
      out_ = &unreachable;
    }
    lower(*stmt);
  }
  out_ = outer;
}

void Lowering::lower(const ast::Stmt& stmt) {
  std::visit([&](const auto& node) { (*this)(node, stmt.span); }, stmt.node);
}

void Lowering::operator()(const ast::ExprStmt& s, Span) { lower_effect(*s.expr); }

void Lowering::lower_effect(const ast::Expr& expr) {
  if (const auto use = find_builtin(expr); use && lower_builtin_effect(*use)) return;
  const auto* ternary = std::get_if<ast::Ternary>(&expr.node);
  const auto is_effect = [&](const ast::ExprPtr& branch) {
    const auto use = branch ? find_builtin(*branch) : std::nullopt;
    return use && builtins::hooks(use->id).effect;
  };
  if (ternary && is_effect(ternary->then) && is_effect(ternary->otherwise)) {
    hir::If choice{condition(*ternary->condition), {}, {}};
    hir::Block* const outer = std::exchange(out_, &choice.then);
    lower_effect(*ternary->then);
    out_ = &choice.otherwise;
    lower_effect(*ternary->otherwise);
    out_ = outer;
    return emit(std::move(choice), expr.span);
  }
  ExprPtr value = lower(expr);
  if (value->type.is_poison() || value->type.is_none()) return;
  const bool is_effect_itself = std::holds_alternative<hir::IncrementVariable>(value->node) ||
                                std::holds_alternative<hir::IncrementMap>(value->node) ||
                                std::holds_alternative<hir::DeleteElement>(value->node);
  if (!is_effect_itself) report<Id::DiscardedValue>(expr.span);
  evaluate(std::move(value));
}

// Only what can do something is kept: of values in memory their scalar parts.
void Lowering::evaluate(ExprPtr value) {
  const Span span = value->span;
  if (value->type.is_scalar()) return emit(hir::Evaluate{std::move(value)}, span);
  if (auto* tuple = std::get_if<hir::TupleValue>(&value->node))
    for (ExprPtr& element : tuple->elements) evaluate(std::move(element));
  if (auto* choice = std::get_if<hir::Conditional>(&value->node))
    evaluate(std::move(choice->condition));
}

void Lowering::operator()(const ast::Discard& s, Span) {
  if (const auto use = find_builtin(*s.value); use && lower_builtin_effect(*use)) return;
  evaluate(lower(*s.value));
}

void Lowering::operator()(const ast::If& s, Span span) {
  ExprPtr is_true = condition(*s.condition);
  const auto lower_otherwise = [&] {
    hir::Block block;
    if (!s.otherwise) return block;
    if (const auto* written = std::get_if<ast::BlockStmt>(&s.otherwise->node))
      return lower(written->block);
    hir::Block* const outer = std::exchange(out_, &block);
    lower(*s.otherwise);
    out_ = outer;
    return block;
  };
  if (s.is_comptime && !is_true->type.is_poison()) {
    const auto known = constant(*is_true);
    if (!known) {
      not_supported(s.condition->span, "this comptime condition");
      return;
    }
    // The other branch is not even checked.
    return emit(*known ? lower(s.then) : lower_otherwise(), span);
  }
  hir::Block then = lower(s.then);
  hir::Block otherwise = lower_otherwise();
  emit(hir::If{std::move(is_true), std::move(then), std::move(otherwise)}, span);
}

void Lowering::operator()(const ast::Unroll& s, Span span) {
  const ExprPtr count = lower(*s.count);
  if (count->type.is_poison()) return;
  if (is_parameter(*count) && !unit_.options.parameters) {
    not_supported(s.count->span, "unroll by a positional parameter that is not known yet");
    return;
  }
  const auto number = known_integer(*count);
  if (!number) return static_cast<void>(report<Id::InvalidUnroll>(s.count->span));
  if (*number < 1) return static_cast<void>(report<Id::UnrollTooSmall>(s.count->span));
  if (*number > kMostUnrolled)
    return static_cast<void>(report<Id::UnrollTooLarge>(s.count->span, kMostUnrolled));
  const auto copies = static_cast<uint32_t>(*number);
  if (unrolled_ * copies > kMostCopies)
    return static_cast<void>(report<Id::UnrollTooDeep>(s.count->span, kMostCopies));
  const uint32_t outer = std::exchange(unrolled_, unrolled_ * copies);
  for (uint32_t i = 0; i < copies; ++i) emit(lower(s.body), span);
  unrolled_ = outer;
}

std::optional<Wide> Lowering::known_integer(const hir::Expr& expr) const {
  const auto* parameter = std::get_if<hir::Parameter>(&expr.node);
  const auto& given = unit_.options.parameters;
  if (!parameter || !given) return constant(expr);
  if (parameter->index > given->size()) return 0;
  const auto number = parse_integer((*given)[parameter->index - 1]);
  return number ? std::optional<Wide>(*number) : std::nullopt;
}

void Lowering::operator()(const ast::Break&, Span span) {
  if (loops_ == 0) return static_cast<void>(report<Id::NotInLoop>(span, "break"));
  emit(hir::Break{}, span);
}

void Lowering::operator()(const ast::Continue&, Span span) {
  if (loops_ == 0) return static_cast<void>(report<Id::NotInLoop>(span, "continue"));
  emit(hir::Continue{}, span);
}

void Lowering::operator()(const ast::Return& s, Span span) {
  if (s.value) {
    ExprPtr value = lower(*s.value);
    const bool is_wrong = value->type.is_poison();
    ExprPtr number = as_integer(std::move(value));
    if (number)
      emit(hir::Evaluate{std::move(number)}, span);
    else if (!is_wrong)
      report<Id::ReturnNotInteger>(s.value->span);
  }
  emit(hir::Return{}, span);
}

void Lowering::operator()(const ast::BlockStmt& s, Span span) { emit(lower(s.block), span); }

void Lowering::operator()(const ast::ImportStmt&, Span span) {
  not_supported(span, "import in a block");
}

}  // namespace scry::sema
