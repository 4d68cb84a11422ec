// `=`, `op=`, `++`, `--` and `let`: what variables and maps become, and what fits them.
#include <fmt/format.h>

#include "sema/builtins/hooks.h"
#include "sema/lowering.h"

namespace scry::sema {

using types::Kind;

namespace {

// What a step adds to a value of the type: 1, or the size of what a pointer points to.
int64_t step_size(const Type& type, bool is_increment) {
  const int64_t size = type.is(Kind::Pointer) ? std::max(type.element->size, 1u) : 1;
  return is_increment ? size : -size;
}

}  // namespace

void Lowering::operator()(const ast::Assign& s, Span span) {
  if (const auto* variable = std::get_if<ast::Scratch>(&s.target->node))
    return assign_variable(*variable, s, span);
  if (const auto* map = std::get_if<ast::Map>(&s.target->node)) return assign_map(*map, s, span);
  not_supported(s.target->span, "assigning to this");
}

// A value that was unsigned and 64 bits wide, and becomes signed.
void Lowering::warn_of_sign_loss(const hir::Expr& value, const Type& to) {
  const bool is_place = std::holds_alternative<hir::Variable>(value.node) ||
                        std::holds_alternative<hir::MapRead>(value.node);
  const Type& type = value.type;
  if (is_place || !type.is(Kind::Int) || type.is_signed || type.size < 8) return;
  if (to.is(Kind::Int) && (to.is_signed || to.size < type.size))
    report<Id::ImplicitCast>(value.span, describe(type), describe(to));
}

// --- variables ------------------------------------------------------------------------------------

ExprPtr Lowering::fit_variable(VariableId id, ExprPtr value, Span span) {
  Variable& variable = variables_[id];
  variable.is_assigned = true;
  if (value->type.is_poison() || variable.type.is_poison()) return nullptr;
  const Type* const aggregation = aggregation_of(*value);
  if (value->type.is_none() || value->type.is_aggregation()) {
    report<Id::NotAssignableToVariable>(span, describe(aggregation ? *aggregation : value->type));
    return nullptr;
  }
  if (variable.has_fixed_type) {
    const Type& type = variable.type;
    const auto number = constant(*value);
    bool is_fit = !unify(type, value->type).is_poison();
    if (number && type.is(Kind::Int)) is_fit = value->type.is(Kind::Int) && fits(*number, type);
    if (type.is(Kind::String) && value->type.is(Kind::String))
      is_fit = value->type.size <= type.size;
    if (is_fit) {
      if (type.is(Kind::Int) && !number && value->type.size > type.size && type.size < 8)
        report<Id::ImplicitCast>(value->span, describe(value->type), describe(type));
      return type.is(Kind::String) ? std::move(value) : convert(std::move(value), type);
    }
  } else if (widen(variable.type, value->type)) {
    const Type type = variables_.type(id);
    warn_of_sign_loss(*value, type);
    return type.is(Kind::String) ? std::move(value) : convert(std::move(value), type);
  }
  report<Id::VariableTypeMismatch>(span, variable.name, describe(value->type),
                                   describe(variable.type))
      .label(variable.span, "first used here");
  return nullptr;
}

void Lowering::assign_variable(const ast::Scratch& target, const ast::Assign& s, Span span) {
  ExprPtr value = lower(*s.value);
  auto id = s.op ? find_variable(target.name, s.target->span) : variables_.find(target.name);
  if (s.op) {
    if (!id) return;
    ExprPtr before = (*this)(target, s.target->span);
    value = binary(*hir_op(*s.op), std::move(before), std::move(value), span);
    // Arithmetic is 64 bits wide; the declared type says that it shall not stay so.
    const bool is_narrow = variables_[*id].has_fixed_type && variables_[*id].type.is(Kind::Int);
    if (is_narrow && value->type.is(Kind::Int))
      value = convert(std::move(value), variables_[*id].type);
  }
  if (!id) id = variables_.declare(target.name, span, false);
  if (ExprPtr fitted = fit_variable(*id, std::move(value), span))
    emit(hir::AssignVariable{*id, std::move(fitted)}, span);
}

bool Lowering::check_new_name(const std::string& name, Span span) {
  const auto other = variables_.find(name);
  if (!other) return true;
  Variable& first = variables_[*other];
  first.is_assigned = true;
  report<Id::Shadowing>(span, name)
      .label(first.span,
             first.is_let ? "This is the initial declaration." : "This is the initial assignment.");
  return false;
}

// The type in a `let`: None when there is none, nullopt after an error.
std::optional<Type> Lowering::declared_type(const ast::Let& s, Span span) {
  if (!s.type) return types::none();
  const auto* named = std::get_if<ast::NamedType>(&s.type->node);
  if (named && named->name == "string") return types::string(1);
  const auto type = resolve_type(*s.type);
  if (!type || !type->is_none()) return type;
  report<Id::NotAssignableToVariable>(span, "void");
  return {};
}

void Lowering::operator()(const ast::Let& s, Span span) {
  ExprPtr value = s.value ? lower(*s.value) : nullptr;
  const Span head = s.value ? cover({span.begin, span.begin, span.file}, s.name.span) : span;
  const bool is_new = check_new_name(s.name.text, head);
  const auto type = declared_type(s, span);
  if (!is_new) return;
  const VariableId id = variables_.declare(s.name.text, head, true);
  if (!type) {
    variables_[id].type = types::poison();
    variables_[id].is_assigned = true;
  } else if (!type->is_none()) {
    // A bare `string` is as long as the longest that is assigned.
    variables_[id].has_fixed_type = !(type->is(Kind::String) && type->size == 1);
    if (variables_[id].has_fixed_type)
      variables_[id].type = *type;
    else
      widen(variables_[id].type, *type);
  }
  if (!value) {
    const Type known = variables_.type(id);
    if (known.is_none() && unit_.assumes_integers) variables_[id].type = types::int64();
    if (!known.is_none() && !known.is_poison())
      emit(hir::AssignVariable{id, zero(known, span)}, span);
    return;
  }
  if (ExprPtr fitted = fit_variable(id, std::move(value), span))
    emit(hir::AssignVariable{id, std::move(fitted)}, span);
}

// --- maps -----------------------------------------------------------------------------------------

ExprPtr Lowering::fit_map(MapId id, ExprPtr value, Span span) {
  MapState& map = unit_.maps[id];
  map.is_written = true;
  if (value->type.is_poison()) return nullptr;
  if (const Type* aggregation = aggregation_of(*value)) {
    Type function = *aggregation;
    function.is_signed = true;  // sum() is the function of sum_t and usum_t
    const std::string name = describe(function);
    const MapState& other = unit_.maps[std::get<hir::MapRead>(value->node).map];
    report<Id::AggregationCopied>(span, describe(*aggregation), map.name,
                                  name.substr(0, name.find('_')))
        .hint(fmt::format("Add a cast to integer if you want the value of the aggregate, e.g. "
                          "`@{} = (int64)@{}{};`.",
                          map.name, other.name,
                          other.shape == MapState::Shape::Keyed ? "[…]" : ""));
    return nullptr;
  }
  if (value->type.is_none()) {
    report<Id::NotAssignableToMap>(span, describe(value->type));
    return nullptr;
  }
  if (map.value.is_none()) map.value_span = span;
  if (!widen(map.value, value->type)) {
    report<Id::MapTypeMismatch>(span, map.name, describe(value->type), describe(map.value))
        .label(map.value_span, "first used here");
    return nullptr;
  }
  const Type type = map.value_type();
  warn_of_sign_loss(*value, type);
  return type.is(Kind::String) ? std::move(value) : convert(std::move(value), type);
}

void Lowering::assign_map(const ast::Map& target, const ast::Assign& s, Span span) {
  if (const auto use = find_builtin(*s.value);
      use && use->is_call && !s.op && builtins::hooks(use->id).aggregation)
    return assign_aggregation(target, *use, s.target->span, span);
  if (s.op) return update_map(target, s, span);
  ExprPtr value = lower(*s.value);
  auto element = place(target, s.target->span);
  const MapId id = unit_.maps.id(target.name);
  ExprPtr fitted = fit_map(id, std::move(value), span);
  if (element && fitted) emit(hir::AssignMap{id, std::move(element->key), std::move(fitted)}, span);
}

void Lowering::assign_aggregation(const ast::Map& target, const BuiltinUse& use, Span target_span,
                                  Span span) {
  const MapId id = unit_.maps.id(target.name);
  MapState& map = unit_.maps[id];
  map.is_written = true;
  if (!check_use(use)) return;
  builtins::Aggregation aggregation = builtins::hooks(use.id).aggregation(*this, use);
  auto element = place(target, target_span);
  if (aggregation.type.is_poison()) return;
  if (map.value.is_none()) map.value_span = span;
  if (!widen(map.value, aggregation.type)) {
    const bool is_hist = map.value.is(Kind::Hist);
    if (map.value.is(aggregation.type.kind) && (is_hist || map.value.is(Kind::Lhist)))
      report<Id::DifferentBuckets>(span, use.name(), is_hist ? "bits" : "bounds")
          .label(map.value_span, "first used here");
    else
      report<Id::MapTypeMismatch>(span, map.name, describe(aggregation.type), describe(map.value))
          .label(map.value_span, "first used here");
    return;
  }
  if (!element) return;
  const bool has_sign_of_map =
      (map.value.is_castable_aggregation() || map.value.is(Kind::Stats)) && aggregation.value;
  if (has_sign_of_map)
    aggregation.value =
        convert(std::move(aggregation.value), types::integer(8, map.value.is_signed));
  emit(hir::Aggregate{id, std::move(element->key), std::move(aggregation.value)}, span);
}

void Lowering::update_map(const ast::Map& target, const ast::Assign& s, Span span) {
  const hir::BinaryOp op = *hir_op(*s.op);
  ExprPtr value = lower(*s.value);
  auto element = place(target, s.target->span);
  const MapId id = unit_.maps.id(target.name);
  MapState& map = unit_.maps[id];
  map.is_written = true;
  if (!element || value->type.is_poison()) return;
  if (map.value.is_aggregation()) {
    report<Id::MapTypeMismatch>(span, map.name, describe(value->type), describe(map.value))
        .label(map.value_span, "first used here");
    return;
  }
  if (map.value.is_none() && !value->type.is_integer()) {
    mismatch(op, *zero(types::int64(), s.target->span), *value, span);
    return;
  }
  // The type of `@m op value`, for a map that nothing else has typed: as the value alone.
  const Type before = map.value.is_none() ? value->type : map.value_type();
  Type read_type = before;
  read_type.is_sign_free = map.value.is_none() || map.value.is_sign_free;
  ExprPtr current = make(hir::MapRead{id, element->key ? clone(*element->key) : nullptr}, read_type,
                         s.target->span);
  const bool is_integer = before.is_integer() && value->type.is_integer();
  ExprPtr operand = is_integer ? clone(*value) : nullptr;
  ExprPtr result = binary(op, std::move(current), std::move(value), span);
  ExprPtr fitted = fit_map(id, std::move(result), span);
  if (!fitted) return;
  if (!is_integer)
    return emit(hir::AssignMap{id, std::move(element->key), std::move(fitted)}, span);
  emit(hir::UpdateMap{id, std::move(element->key), op,
                      convert(std::move(operand), map.value_type())},
       span);
}

// --- steps ----------------------------------------------------------------------------------------

ExprPtr Lowering::operator()(const ast::Step& e, Span span) {
  if (const auto* variable = std::get_if<ast::Scratch>(&e.target->node))
    return step_variable(e, *variable, span);
  if (const auto* map = std::get_if<ast::Map>(&e.target->node)) return step_map(e, *map, span);
  return not_supported(e.target->span, "stepping this");
}

ExprPtr Lowering::step_variable(const ast::Step& e, const ast::Scratch& target, Span span) {
  const auto id = find_variable(target.name, e.target->span);
  if (!id) return poison(span);
  Variable& variable = variables_[*id];
  variable.is_assigned = true;
  if (variable.type.is_poison()) return poison(span);
  if (!variable.has_fixed_type && (variable.type.is(Kind::Int) || variable.type.is_none()))
    widen(variable.type,
          variable.type.is_none() || variable.type.is_signed ? types::int64() : types::uint64());
  Type type = variables_.type(*id);
  if (!type.is(Kind::Int) && !type.is(Kind::Pointer))
    return refuse<Id::UnaryMismatch>(span, e.is_increment ? "++" : "--", describe(type));
  const int64_t step = step_size(type, e.is_increment);
  return make(hir::IncrementVariable{*id, step, e.is_prefix}, std::move(type), span);
}

ExprPtr Lowering::step_map(const ast::Step& e, const ast::Map& target, Span span) {
  auto element = place(target, e.target->span);
  MapState& map = unit_.maps[unit_.maps.id(target.name)];
  map.is_written = true;
  if (!element) return poison(span);
  if (map.value.is_none()) map.value_span = span;
  const bool is_integer = map.value.is_none() || map.value.is(Kind::Int);
  if (is_integer)
    widen(map.value, map.value.is_none() || map.value.is_signed ? types::int64() : types::uint64());
  Type type = map.value_type();
  if (!type.is(Kind::Int) && !type.is(Kind::Pointer)) {
    report<Id::MapTypeMismatch>(span, map.name, "int64", describe(type))
        .label(map.value_span, "first used here");
    return poison(span);
  }
  const int64_t step = step_size(type, e.is_increment);
  return make(hir::IncrementMap{element->map, std::move(element->key), step, e.is_prefix},
              std::move(type), span);
}

}  // namespace scry::sema
