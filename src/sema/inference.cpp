#include "sema/inference.h"

#include <algorithm>
#include <limits>

namespace scry::sema {

using types::Kind;

Type literal_type(Wide value) {
  if (value > std::numeric_limits<int64_t>::max()) return types::uint64();
  uint32_t size = 1;
  while (size < 8 && (value < -(Wide{1} << (size * 8 - 1)) || value >= (Wide{1} << (size * 8 - 1))))
    size *= 2;
  Type type = types::integer(size, true);
  type.is_sign_free = value >= 0;
  return type;
}

namespace {

Type unify_integers(const Type& a, const Type& b) {
  if (!a.is_sign_free && !b.is_sign_free) return types::widen(a, b);
  const Type& firm = a.is_sign_free ? b : a;
  Type type = types::integer(std::max(a.size, b.size), firm.is_signed);
  type.is_sign_free = a.is_sign_free && b.is_sign_free;
  return type;
}

Type unify_tuples(const Type& a, const Type& b) {
  if (a.fields.size() != b.fields.size()) return types::poison();
  std::vector<Type> elements;
  for (size_t i = 0; i < a.fields.size(); ++i) {
    elements.push_back(unify(*a.fields[i].type, *b.fields[i].type));
    if (elements.back().is_poison()) return types::poison();
  }
  return types::tuple(std::move(elements));
}

bool is_signed_aggregation(const Type& type) {
  return type.is(Kind::Sum) || type.is(Kind::Avg) || type.is(Kind::Min) || type.is(Kind::Max) ||
         type.is(Kind::Stats);
}

}  // namespace

Type unify(const Type& a, const Type& b) {
  if (a.is_none()) return b;
  if (b.is_none()) return a;
  if (a.is(Kind::Int) && b.is(Kind::Int)) return unify_integers(a, b);
  if (a.is(Kind::Tuple) && b.is(Kind::Tuple)) return unify_tuples(a, b);
  if (a.kind == b.kind && is_signed_aggregation(a)) {
    if (a.is_sign_free) return b;
    return b.is_sign_free || a.is_signed ? a : b;
  }
  return types::widen(a, b);
}

Type stored(const Type& type) {
  if (type.is(Kind::Int)) return types::integer(8, type.is_signed);
  if (!type.is(Kind::Tuple)) return type;
  std::vector<Type> elements;
  for (const types::Field& field : type.fields) elements.push_back(stored(*field.type));
  return types::tuple(std::move(elements));
}

Type common_integer(const Type& a, const Type& b) {
  const auto forces_sign = [](const Type& type) { return type.is_signed && !type.is_sign_free; };
  if (forces_sign(a) || forces_sign(b)) return types::int64();
  const bool both_free = a.is_sign_free && b.is_sign_free;
  return types::integer(8, both_free);
}

std::string describe(const Type& type) { return type.is_none() ? "void" : types::to_string(type); }

}  // namespace scry::sema
