#include "sema/maps.h"

#include <algorithm>
#include <set>

#include "base/check.h"
#include "sema/inference.h"

namespace scry::sema {

Type MapState::key_type() const { return stored(key); }
Type MapState::value_type() const { return stored(value); }

Maps::Maps(const ast::Script& script) {
  std::set<std::string> names;
  for (const ast::Item& item : script.items) {
    if (const auto* decl = std::get_if<ast::MapDecl>(&item)) names.insert(decl->name.text);
    ast::walk(item, [&](ast::NodeRef node) {
      const auto* expr = std::get_if<const ast::Expr*>(&node);
      if (!expr) return true;
      if (const auto* map = std::get_if<ast::Map>(&(*expr)->node)) names.insert(map->name);
      return true;
    });
  }
  for (const std::string& name : names) {
    maps_.emplace_back();
    maps_.back().name = name;
  }
}

MapId Maps::id(const std::string& name) const {
  const auto found =
      std::lower_bound(maps_.begin(), maps_.end(), name,
                       [](const MapState& map, const std::string& n) { return map.name < n; });
  SCRY_CHECK(found != maps_.end() && found->name == name);
  return static_cast<MapId>(found - maps_.begin());
}

std::vector<std::string> Maps::written_names() const {
  std::vector<std::string> names;
  for (const MapState& map : maps_)
    if (map.is_written) names.push_back("@" + map.name);
  return names;
}

std::vector<hir::MapDecl> Maps::declarations(uint32_t max_map_keys) const {
  std::vector<hir::MapDecl> decls;
  for (const MapState& map : maps_) {
    hir::MapDecl decl{.name = "@" + map.name,
                      .key = map.key_type(),
                      .value = map.value_type(),
                      .max_entries = map.max_entries ? map.max_entries : max_map_keys,
                      .span = map.shape_span};
    // Named only where nothing is kept of it: a branch that is never compiled, a declaration.
    if (decl.value.is_none()) decl.value = types::int64();
    if (map.shape != MapState::Shape::Keyed) decl.key = types::none();
    if (decl.is_scalar()) decl.max_entries = 1;
    decls.push_back(std::move(decl));
  }
  return decls;
}

}  // namespace scry::sema
