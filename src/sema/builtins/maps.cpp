// Functions on maps.
#include "sema/builtins/hooks.h"

namespace scry::sema::builtins {

using types::Kind;

namespace {

const ast::Map* as_map(const ast::Expr& expr) { return std::get_if<ast::Map>(&expr.node); }

}  // namespace

// delete(@m), delete(@m, key), and the older delete(@m[key]).
ExprPtr delete_element(Lowering& l, const BuiltinUse& use) {
  const ast::Map* map = as_map(*use.args[0]);
  const Span map_span = use.args[0]->span;
  if (!map || (use.args.size() == 2 && !map->keys.empty()))
    return l.refuse<Id::NotAMap>(map_span, use.name());
  const MapId id = l.unit().maps.id(map->name);
  std::optional<Lowering::Place> element;
  if (use.args.size() == 1 && map->keys.empty() &&
      l.unit().maps[id].shape == MapState::Shape::Keyed)
    return l.refuse<Id::DeleteNeedsKey>(use.span);
  if (use.args.size() == 2) {
    ExprPtr key = l.lower(*use.args[1]);
    if (key->type.is_none() || key->type.is_aggregation())
      return l.refuse<Id::NoMapKey>(use.args[1]->span, describe(key->type));
    element = l.place(id, std::move(key), use.args[1]->span);
  } else {
    element = l.place(*map, map_span);
  }
  if (!element || !l.check_written(id, map_span)) return poison(use.span);
  return make(hir::DeleteElement{id, std::move(element->key)}, types::boolean(), use.span);
}

// has_key(@m, key)
ExprPtr has_key(Lowering& l, const BuiltinUse& use) {
  const ast::Map* map = as_map(*use.args[0]);
  const Span map_span = use.args[0]->span;
  if (!map || !map->keys.empty()) return l.refuse<Id::NotAMap>(map_span, use.name());
  ExprPtr key = l.lower(*use.args[1]);
  if (key->type.is_none() || key->type.is_aggregation())
    return l.refuse<Id::NoMapKey>(use.args[1]->span, describe(key->type));
  const MapId id = l.unit().maps.id(map->name);
  auto element = l.place(id, std::move(key), use.args[1]->span);
  if (!element || !l.check_written(id, map_span)) return poison(use.span);
  const Type& value = l.unit().maps[id].value;
  if (value.is(Kind::Hist) || value.is(Kind::Lhist))
    return l.not_supported(use.span, "has_key() of a histogram");
  return make(hir::HasElement{id, std::move(element->key)}, types::boolean(), use.span);
}

// len(@m), len(stack)
ExprPtr len(Lowering& l, const BuiltinUse& use) {
  const Span span = use.args[0]->span;
  const ast::Map* map = as_map(*use.args[0]);
  if (map && map->keys.empty()) {
    const MapId id = l.unit().maps.id(map->name);
    if (!l.check_written(id, span)) return poison(use.span);
    const MapState& state = l.unit().maps[id];
    if (state.shape == MapState::Shape::Scalar) return l.refuse<Id::LenOfScalar>(span);
    if (state.value.is(Kind::Hist) || state.value.is(Kind::Lhist))
      return l.not_supported(use.span, "len() of a histogram");
    return make(hir::MapLength{id}, types::int64(), use.span);
  }
  ExprPtr stack = l.lower(*use.args[0]);
  if (stack->type.is_poison()) return stack;
  if (!stack->type.is(Kind::KernelStack) && !stack->type.is(Kind::UserStack))
    return l.refuse<Id::NoLength>(span);
  hir::Call call{use.id, {}, {}};
  call.arguments.push_back(std::move(stack));
  return make(std::move(call), types::int64(), use.span);
}

// clear(@m), zero(@m)
void change_map(Lowering& l, const BuiltinUse& use) {
  const ast::Expr& target = *use.args[0];
  const ast::Map* map = as_map(target);
  if (!map || !map->keys.empty()) {
    l.report<Id::NotAMap>(target.span, use.name());
    return;
  }
  const MapId id = l.unit().maps.id(map->name);
  if (!l.check_written(id, target.span)) return;
  lang::EventFormat format;
  format.kind =
      use.id == lang::BuiltinId::Clear ? lang::EventKind::ClearMap : lang::EventKind::ZeroMap;
  format.map = static_cast<uint32_t>(id);
  format.span = use.span;
  l.emit_event(std::move(format), {});
}

}  // namespace scry::sema::builtins
