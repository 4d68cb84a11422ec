// Literals, names and compound values.
#include <fmt/format.h>

#include "base/strings.h"
#include "sema/kernel_types.h"
#include "sema/lowering.h"

namespace scry::sema {

using types::Kind;

ExprPtr Lowering::not_supported(Span span, std::string_view what) {
  unit_.has_unread_parts = true;
  return refuse<Id::NotSupportedYet>(span, what);
}

ExprPtr Lowering::lower_place(const ast::Expr& expr) {
  return std::visit([&](const auto& node) { return (*this)(node, expr.span); }, expr.node);
}

ExprPtr Lowering::operator()(const ast::Integer& e, Span span) {
  ExprPtr literal = integer_literal(e.value, span);
  if (e.is_unsigned) literal->type.is_signed = literal->type.is_sign_free = false;
  return literal;
}

ExprPtr Lowering::operator()(const ast::String& e, Span span) {
  if (e.value.size() >= unit_.max_string_size())
    return refuse<Id::StringTooLong>(span, unit_.max_string_size(), escape(e.value.substr(0, 32)));
  return string_literal(e.value, span);
}

ExprPtr Lowering::operator()(const ast::Bool& e, Span span) { return bool_literal(e.value, span); }

ExprPtr Lowering::operator()(const ast::Identifier& e, Span span) {
  static const std::vector<ast::ExprPtr> no_args;
  if (const auto* macro = unit_.definitions.object_macro(e.name))
    return expand(e.name, *macro, span);
  const auto found = lang::find_builtin(e.name);
  if (!found) return unknown_identifier(e.name, span);
  return lower_builtin({found->id, found->number, span, false, no_args});
}

// A macro of the C section is as good as its expression in parentheses.
ExprPtr Lowering::expand(const std::string& name, const cdefs::Macro& macro, Span span) {
  const ast::Expr* expr = unit_.macros.expression(name);
  if (!expr) {
    report<Id::MacroNotExpression>(span, unit_.macros.text(macro));
    return poison(span);
  }
  if (!unit_.macros.expanding.insert(name).second) {
    report<Id::UnknownIdentifier>(span, name)
        .hint("a macro that leads to itself stands for nothing");
    return poison(span);
  }
  ExprPtr value = lower_place(*expr);
  unit_.macros.expanding.erase(name);
  value->span = span;
  return value;
}

ExprPtr Lowering::unknown_identifier(const std::string& name, Span span) {
  if (const cdefs::Constant* known = unit_.definitions.constant(name))
    return make(hir::IntLiteral{static_cast<uint64_t>(known->value)}, known->type, span);
  if (unit_.has_foreign_names) return poison(span);
  if (const auto types = unit_.facts.btf()) {
    const auto [known, is_new] = unit_.kernel_constants.try_emplace(name);
    if (is_new) known->second = find_constant(*types.value(), name);
    if (const auto& found = known->second)
      return make(hir::IntLiteral{static_cast<uint64_t>(found->value)}, found->type, span);
  }
  diag::Diagnostic& d = report<Id::UnknownIdentifier>(span, name);
  if (const auto near = nearest(name, lang::builtin_names()))
    d.hint(fmt::format("did you mean `{}`?", *near));
  else if (variables_.find(name))
    d.hint(fmt::format("did you mean `${}`?", name));
  return poison(span);
}

std::optional<VariableId> Lowering::find_variable(const std::string& name, Span span) {
  const auto id = variables_.find(name);
  if (id) return id;
  diag::Diagnostic& d = report<Id::UndefinedVariable>(span, name);
  if (const auto near = nearest("$" + name, variables_.visible_names()))
    d.hint(fmt::format("did you mean `{}`?", *near));
  return {};
}

ExprPtr Lowering::operator()(const ast::Scratch& e, Span span) {
  const auto id = find_variable(e.name, span);
  if (!id) return poison(span);
  Variable& variable = variables_[*id];
  if (!variable.is_assigned && !variable.was_used_unassigned) {
    report<Id::UnassignedVariable>(span, variable.name);
    variable.was_used_unassigned = true;
  }
  if (variable.type.is_none()) {
    if (!unit_.assumes_integers) return poison(span);
    variable.type = types::int64();
    unit_.has_changed = true;
  }
  Type type = variables_.type(*id);
  if (type.is_poison()) return poison(span);
  type.is_sign_free = variable.type.is_sign_free;
  return make(hir::Variable{*id}, std::move(type), span);
}

// The type that is written is only a first guess: every place that wants the other one makes it so.
ExprPtr Lowering::operator()(const ast::Positional& e, Span span) {
  unit_.parameter_count = std::max(unit_.parameter_count, e.index);
  Type type = types::int64();
  if (const auto& given = unit_.options.parameters) {
    if (e.index > given->size())
      report<Id::MissingParameter>(span, e.index);
    else if (!parse_integer((*given)[e.index - 1]))
      type = types::string(lang::kParameterSize);
  }
  return make(hir::Parameter{e.index}, std::move(type), span);
}

ExprPtr Lowering::operator()(const ast::PositionalCount&, Span span) {
  return make(hir::ParameterCount{}, types::int64(), span);
}

ExprPtr Lowering::operator()(const ast::Tuple& e, Span span) {
  if (e.elements.empty()) return make(hir::IntLiteral{}, types::none(), span);
  hir::TupleValue tuple;
  std::vector<Type> elements;
  bool is_wrong = false;
  for (const ast::ExprPtr& element : e.elements) {
    ExprPtr value = lower(*element);
    if (value->type.is_none())
      value = refuse<Id::VoidInTuple>(element->span, describe(value->type));
    else if (value->type.is_aggregation())
      value = refuse<Id::VoidInTuple>(element->span, describe(value->type));
    is_wrong |= value->type.is_poison();
    elements.push_back(value->type);
    tuple.elements.push_back(std::move(value));
  }
  if (is_wrong) return poison(span);
  return make(std::move(tuple), types::tuple(std::move(elements)), span);
}

ExprPtr Lowering::operator()(const ast::TupleIndex& e, Span span) {
  ExprPtr tuple = lower(*e.object);
  if (tuple->type.is_poison()) return poison(span);
  if (!tuple->type.is(Kind::Tuple))
    return refuse<Id::NoIndex>(e.index_span, e.index, describe(tuple->type));
  if (e.index >= tuple->type.fields.size())
    return refuse<Id::TupleIndexOutOfRange>(e.index_span, e.index, describe(tuple->type));
  Type type = *tuple->type.fields[e.index].type;
  return make(hir::TupleField{std::move(tuple), static_cast<uint32_t>(e.index)}, std::move(type),
              span);
}

ExprPtr Lowering::operator()(const ast::ArrayIndex& e, Span span) {
  ExprPtr object = lower_place(*e.object);
  ExprPtr index = lower(*e.index);
  if (object->type.is_poison() || index->type.is_poison()) return poison(span);
  const bool is_array = object->type.is(Kind::Array) || object->type.is(Kind::String);
  if (is_array && std::holds_alternative<hir::Member>(object->node))
    return element_of(std::move(object), std::move(index), span);
  if (object->type.is(Kind::Pointer))
    return deref(binary(hir::BinaryOp::Add, std::move(object), std::move(index), span), span);
  if (!object->type.is(Kind::Tuple)) return refuse<Id::NotIndexable>(span, describe(object->type));
  const auto number = constant(*index);
  if (!number) return refuse<Id::TupleIndexNotConstant>(e.index->span);
  if (*number < 0 || *number >= Wide{object->type.fields.size()})
    return refuse<Id::TupleIndexOutOfRange>(e.index->span, static_cast<int64_t>(*number),
                                            describe(object->type));
  const auto at = static_cast<uint32_t>(*number);
  Type type = *object->type.fields[at].type;
  return make(hir::TupleField{std::move(object), at}, std::move(type), span);
}

ExprPtr Lowering::operator()(const ast::Record&, Span span) {
  return not_supported(span, "a record");
}

ExprPtr Lowering::operator()(const ast::BlockExpr& e, Span span) {
  if (e.block.stmts.empty() && e.block.value) return lower(*e.block.value);
  return not_supported(span, "a block as a value");
}

ExprPtr Lowering::operator()(const ast::IfExpr& e, Span span) {
  if (!e.then.stmts.empty() || !e.otherwise.stmts.empty() || !e.then.value || !e.otherwise.value)
    return not_supported(span, "an if-expression with statements");
  ExprPtr is_true = condition(*e.condition);
  if (e.is_comptime) {
    const auto known = constant(*is_true);
    if (!known) return not_supported(e.condition->span, "this comptime condition");
    return lower(*known ? *e.then.value : *e.otherwise.value);
  }
  ExprPtr if_true = lower(*e.then.value);
  return choose(std::move(is_true), std::move(if_true), lower(*e.otherwise.value), span);
}

ExprPtr Lowering::operator()(const ast::Comptime& e, Span span) {
  ExprPtr value = lower(*e.operand);
  const bool is_literal =
      constant(*value) || std::holds_alternative<hir::StringLiteral>(value->node);
  if (is_literal || value->type.is_poison()) return value;
  return not_supported(span, "comptime of this expression");
}

ExprPtr Lowering::operator()(const ast::TypeOperand&, Span span) {
  return not_supported(span, "a type as an argument");
}
ExprPtr Lowering::operator()(const ast::Typeof&, Span span) {
  return not_supported(span, "typeof");
}
ExprPtr Lowering::operator()(const ast::Typeinfo&, Span span) {
  return not_supported(span, "typeinfo");
}

}  // namespace scry::sema
