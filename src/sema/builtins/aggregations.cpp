// count, sum, avg, min, max, stats, hist, lhist: the right side of an assignment to a map.
#include "base/check.h"
#include "sema/builtins/hooks.h"

namespace scry::sema::builtins {

using types::Kind;

namespace {

constexpr int kMostBits = 5;
constexpr Wide kMostLinearBuckets = 1000;

Kind kind_of(lang::BuiltinId id) {
  switch (id) {
    case lang::BuiltinId::Sum: return Kind::Sum;
    case lang::BuiltinId::Avg: return Kind::Avg;
    case lang::BuiltinId::Min: return Kind::Min;
    case lang::BuiltinId::Max: return Kind::Max;
    case lang::BuiltinId::Stats: return Kind::Stats;
    default: SCRY_CHECK(false);
  }
}

// A bound of lhist(): a literal that is not negative; nullopt after an error.
std::optional<int64_t> bound(Lowering& l, const BuiltinUse& use, size_t index,
                             std::string_view name) {
  const ExprPtr given = l.lower(*use.args[index]);
  if (given->type.is_poison()) return {};
  const auto known = constant(*given);
  if (known && *known >= 0 && fits(*known, types::int64())) return static_cast<int64_t>(*known);
  l.report<Id::LhistBound>(use.args[index]->span, name);
  return {};
}

// One message for bounds that make no histogram; false with it.
bool check_bounds(Lowering& l, Span span, int64_t min, int64_t max, int64_t step) {
  if (step < 1) return l.report<Id::LhistStep>(span, step), false;
  if (min >= max) return l.report<Id::LhistRange>(span, min, max), false;
  if (step > max - min) return l.report<Id::LhistStepTooLarge>(span, step, max - min), false;
  const int64_t count = (max - min) / step;
  if (count > kMostLinearBuckets)
    return l.report<Id::LhistTooMany>(span, static_cast<int64_t>(kMostLinearBuckets), count), false;
  return true;
}

}  // namespace

Aggregation count(Lowering&, const BuiltinUse&) {
  return {types::aggregation(Kind::Count, false), nullptr};
}

Aggregation sum(Lowering& l, const BuiltinUse& use) {
  ExprPtr value = number_argument(l, use, 0);
  if (!value) return {types::poison(), nullptr};
  Type type = types::aggregation(kind_of(use.id), value->type.is_signed);
  type.is_sign_free = value->type.is_sign_free;
  return {std::move(type), std::move(value)};
}

Aggregation hist(Lowering& l, const BuiltinUse& use) {
  ExprPtr value = number_argument(l, use, 0);
  Wide bits = 0;
  if (use.args.size() == 2) {
    const ExprPtr given = l.lower(*use.args[1]);
    if (given->type.is_poison()) return {types::poison(), nullptr};
    const auto known = constant(*given);
    if (!known) {
      l.report<Id::LiteralArgument>(use.args[1]->span, use.name(), "int", describe(given->type));
      return {types::poison(), nullptr};
    }
    bits = *known;
    if (bits < 0 || bits > kMostBits) {
      l.report<Id::HistBits>(use.args[1]->span, static_cast<int64_t>(bits), kMostBits);
      return {types::poison(), nullptr};
    }
  }
  if (!value) return {types::poison(), nullptr};
  return {types::hist(static_cast<uint32_t>(bits)), to_8_bytes(std::move(value))};
}

Aggregation lhist(Lowering& l, const BuiltinUse& use) {
  ExprPtr value = number_argument(l, use, 0);
  const auto min = bound(l, use, 1, "min");
  const auto max = bound(l, use, 2, "max");
  const auto step = bound(l, use, 3, "step");
  if (!min || !max || !step || !check_bounds(l, use.span, *min, *max, *step) || !value)
    return {types::poison(), nullptr};
  return {types::lhist(*min, *max, *step), to_8_bytes(std::move(value))};
}

}  // namespace scry::sema::builtins
