// Loops: while, ranges, maps.
#include "sema/lowering.h"

namespace scry::sema {

namespace {

// A short range of literals is a loop of the machine, whose variables stay in registers. The verifier walks each of
// its iterations, so not for long: this many with those of the loops around it.
constexpr Wide kMostWalked = 256;
// The kernel's stack of calls has 8 frames, one of them the probe's own.
constexpr uint32_t kMostCallbacks = 7;

}  // namespace

hir::Block Lowering::lower_callback_body(const ast::Block& block, Span span) {
  if (++callbacks_ > kMostCallbacks) report<Id::LoopsTooDeep>(span, kMostCallbacks);
  const uint32_t outer = std::exchange(walked_, 1);
  hir::Block body = lower_loop_body(block);
  walked_ = outer;
  --callbacks_;
  return body;
}

hir::Block Lowering::lower_loop_body(const ast::Block& block) {
  ++loops_;
  hir::Block body = lower(block);
  --loops_;
  return body;
}

void Lowering::operator()(const ast::While& s, Span span) {
  report<Id::WhileDeprecated>(span);
  ExprPtr is_true = condition(*s.condition);
  hir::Block body = lower_loop_body(s.body);
  emit(hir::Loop{std::move(is_true), std::move(body), {}}, span);
}

bool Lowering::check_loop_variable(const ast::Name& variable) {
  const auto other = variables_.find(variable.text);
  if (!other) return true;
  const Variable& first = variables_[*other];
  report<Id::LoopShadowing>(variable.span, variable.text)
      .label(first.span,
             first.is_let ? "This is the initial declaration." : "This is the initial assignment.");
  return false;
}

void Lowering::operator()(const ast::ForRange& s, Span span) {
  ExprPtr from = lower(*s.from);
  ExprPtr to = lower(*s.to);
  if (from->type.is_poison() || to->type.is_poison()) return;
  for (const auto* bound : {&from, &to}) {
    const bool is_first = bound == &from;
    if (!(*bound)->type.is_integer())
      return static_cast<void>(
          report<Id::RangeBound>((is_first ? s.from : s.to)->span, is_first ? "start" : "end"));
  }
  if (!check_loop_variable(s.variable)) return;
  const auto first = known_integer(*from), end = known_integer(*to);
  if (first && end) {
    if (*end - *first > hir::kMostIterations)
      return static_cast<void>(report<Id::RangeTooLong>(cover(s.from->span, s.to->span),
                                                        static_cast<uint64_t>(*end - *first),
                                                        hir::kMostIterations));
    if (*end <= *first || (*end - *first) * walked_ <= kMostWalked)
      return walk_range(s, *first, *end, span);
  }
  variables_.open_scope();
  const VariableId variable = variables_.declare(s.variable.text, s.variable.span, false);
  fit_variable(variable, zero(types::int64(), s.variable.span), s.variable.span);
  hir::ForRange loop{variable, convert(std::move(from), types::int64()),
                     convert(std::move(to), types::int64()), lower_callback_body(s.body, span)};
  variables_.close_scope();
  emit(std::move(loop), span);
}

// The loop counts by itself: what the body does to the variable does not change where it ends.
void Lowering::walk_range(const ast::ForRange& s, Wide first, Wide end, Span span) {
  hir::Block block;
  hir::Block* const outer = std::exchange(out_, &block);
  const uint32_t outer_walked =
      std::exchange(walked_, walked_ * static_cast<uint32_t>(std::max<Wide>(end - first, 1)));
  variables_.open_scope();
  const auto number = [&](Wide value) {
    return convert(integer_literal(value, span), types::int64());
  };
  const VariableId counter = variables_.declare(s.variable.text + "'", s.variable.span, false);
  variables_[counter].type = types::int64();
  variables_[counter].is_assigned = true;
  const auto count = [&] { return make(hir::Variable{counter}, types::int64(), s.variable.span); };
  emit(hir::AssignVariable{counter, number(first)}, span);

  hir::Loop loop;
  loop.condition =
      make(hir::Binary{hir::BinaryOp::Less, count(), number(end)}, types::boolean(), span);
  out_ = &loop.body;
  const VariableId variable = variables_.declare(s.variable.text, s.variable.span, false);
  if (ExprPtr value = fit_variable(variable, count(), s.variable.span))
    emit(hir::AssignVariable{variable, std::move(value)}, s.variable.span);
  emit(lower_loop_body(s.body), s.body.span);
  out_ = &loop.step;
  emit(hir::Evaluate{make(hir::IncrementVariable{counter, 1, true}, types::int64(), span)}, span);
  out_ = &block;
  emit(std::move(loop), span);
  variables_.close_scope();
  walked_ = outer_walked;
  out_ = outer;
  emit(std::move(block), span);
}

// What `$kv` is in a loop over the map: a key and a value. None while the map's types are not known yet; nullopt
// after an error.
std::optional<Type> Lowering::element_type(MapId id, Span span) {
  const MapState& map = unit_.maps[id];
  if (map.shape == MapState::Shape::Scalar) {
    report<Id::IterationOfScalar>(span, map.name).label(map.shape_span, "first used here");
    return {};
  }
  if (map.value.is_aggregation() && !map.value.is_castable_aggregation()) {
    report<Id::NotIterable>(span, describe(map.value));
    return {};
  }
  if (map.key.is_none() || map.value.is_none()) return types::none();
  return types::tuple({map.key_type(), read_type(map)});
}

void Lowering::operator()(const ast::ForEach& s, Span span) {
  const auto* over = std::get_if<ast::Map>(&s.iterable->node);
  if (!over) return static_cast<void>(not_supported(s.iterable->span, "a loop over this"));
  if (!over->keys.empty())
    return static_cast<void>(report<Id::IterationOfElement>(s.iterable->span, over->name));
  const MapId map = unit_.maps.id(over->name);
  if (!check_loop_variable(s.variable)) return;
  const std::optional<Type> type = element_type(map, s.iterable->span);
  if (!type) return;
  const bool is_known = check_written(map, s.iterable->span) && !type->is_none();

  variables_.open_scope();
  const VariableId id = variables_.declare(s.variable.text, s.variable.span, false);
  Variable& variable = variables_[id];
  variable.type = is_known ? *type : types::poison();
  variable.has_fixed_type = is_known;  // the kernel's layout
  variable.is_assigned = true;
  hir::ForEach loop{id, map, lower_callback_body(s.body, span)};
  variables_.close_scope();
  if (is_known) emit(std::move(loop), span);
}

}  // namespace scry::sema
