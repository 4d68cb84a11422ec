// Elements of maps: scalar or keyed, the key's type, reading.
#include <fmt/format.h>

#include "base/strings.h"
#include "sema/lowering.h"

namespace scry::sema {

namespace {

using Shape = MapState::Shape;

bool is_same(const Type& a, const Type& b) {
  if (!(a == b) || a.is_sign_free != b.is_sign_free) return false;
  for (size_t i = 0; i < a.fields.size(); ++i)
    if (!is_same(*a.fields[i].type, *b.fields[i].type)) return false;
  return true;
}

}  // namespace

bool Lowering::widen(Type& slot, const Type& type) {
  Type wider = unify(slot, type);
  if (wider.is_poison()) return false;
  if (!is_same(wider, slot)) {
    slot = std::move(wider);
    unit_.has_changed = true;
  }
  return true;
}

ExprPtr Lowering::lower_key(const std::vector<ast::ExprPtr>& keys, Span span) {
  std::vector<ExprPtr> parts;
  std::vector<Type> part_types;
  bool is_wrong = false;
  for (const ast::ExprPtr& key : keys) {
    ExprPtr part = lower(*key);
    if (part->type.is_none() || part->type.is_aggregation())
      part = refuse<Id::NoMapKey>(key->span, describe(part->type));
    is_wrong |= part->type.is_poison();
    part_types.push_back(part->type);
    parts.push_back(std::move(part));
  }
  if (is_wrong) return poison(span);
  if (parts.size() == 1) return std::move(parts.front());
  return make(hir::TupleValue{std::move(parts)}, types::tuple(std::move(part_types)), span);
}

std::optional<Lowering::Place> Lowering::place(const ast::Map& map, Span span) {
  const MapId id = unit_.maps.id(map.name);
  return place(id, map.keys.empty() ? nullptr : lower_key(map.keys, span), span);
}

std::optional<Lowering::Place> Lowering::place(MapId id, ExprPtr key, Span span) {
  MapState& map = unit_.maps[id];
  const Shape shape = key ? Shape::Keyed : Shape::Scalar;
  if (map.shape == Shape::Unknown) map.shape = shape, map.shape_span = span;
  if (map.shape != shape) {
    auto& d = key ? report<Id::KeyedAccessOfScalarMap>(span, map.name)
                  : report<Id::ScalarAccessOfKeyedMap>(span, map.name);
    d.label(map.shape_span, "first used here");
    return {};
  }
  if (!key) return Place{id, nullptr};
  if (key->type.is_poison()) return {};
  if (map.key.is_none()) map.key_span = span;
  if (!widen(map.key, key->type)) {
    report<Id::MapKeyMismatch>(span, map.name, describe(key->type), describe(map.key))
        .label(map.key_span, "first used here");
    return {};
  }
  warn_of_sign_loss(*key, map.key_type());
  return Place{id, convert(std::move(key), map.key_type())};
}

bool Lowering::check_written(MapId id, Span span) {
  const MapState& map = unit_.maps[id];
  if (map.is_written) return true;
  if (unit_.has_unread_parts || unit_.has_foreign_names) return false;
  diag::Diagnostic& d = report<Id::UndefinedMap>(span, map.name);
  if (const auto near = nearest("@" + map.name, unit_.maps.written_names()))
    d.hint(fmt::format("did you mean `{}`?", *near));
  return false;
}

Type Lowering::read_type(const MapState& map) {
  Type type = map.value_type();
  if (type.is(types::Kind::Count)) return types::uint64();
  if (type.is_castable_aggregation()) return types::integer(8, type.is_signed);
  type.is_sign_free = map.value.is_sign_free;
  return type;
}

ExprPtr Lowering::read(Place place, Span span) {
  if (!check_written(place.map, span)) return poison(span);
  MapState& map = unit_.maps[place.map];
  if (map.value.is_none()) {
    if (!unit_.assumes_integers) return poison(span);
    map.value = types::int64();
    map.value_span = span;
    unit_.has_changed = true;
  }
  Type type = read_type(map);
  return make(hir::MapRead{place.map, std::move(place.key)}, std::move(type), span);
}

ExprPtr Lowering::operator()(const ast::Map& e, Span span) {
  auto element = place(e, span);
  return element ? read(std::move(*element), span) : poison(span);
}

const Type* Lowering::aggregation_of(const hir::Expr& expr) const {
  const auto* read = std::get_if<hir::MapRead>(&expr.node);
  if (!read) return nullptr;
  const Type& value = unit_.maps[read->map].value;
  return value.is_aggregation() ? &value : nullptr;
}

}  // namespace scry::sema
