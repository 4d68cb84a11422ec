// The maps of the whole script and what inference knows about them: scalar or keyed, the types of key and
// value. Filled while bodies are lowered, in any order; types only widen.
#pragma once

#include <string>
#include <vector>

#include "ast/ast.h"
#include "hir/hir.h"

namespace scry::sema {

using hir::MapId;

struct MapState {
  enum class Shape : uint8_t { Unknown, Scalar, Keyed };

  std::string name;  // without `@`
  Shape shape = Shape::Unknown;
  Span shape_span;  // the access that decided it
  Type key;         // None: not known yet, or scalar
  Span key_span;    // the access that the key's type came from
  Type value;       // None: not known yet
  Span value_span;  // the assignment that the value's type came from
  bool is_written = false;
  uint32_t max_entries = 0;  // declared; 0: the default

  // How HIR and the kernel see them.
  Type key_type() const;
  Type value_type() const;
};

class Maps {
 public:
  // Every map that the script names.
  explicit Maps(const ast::Script& script);

  MapId id(const std::string& name) const;
  MapState& operator[](MapId id) { return maps_[static_cast<size_t>(id)]; }
  const MapState& operator[](MapId id) const { return maps_[static_cast<size_t>(id)]; }
  std::vector<std::string> written_names() const;
  std::vector<hir::MapDecl> declarations(uint32_t max_map_keys) const;

 private:
  std::vector<MapState> maps_;  // in name order: the index is the MapId
};

}  // namespace scry::sema
