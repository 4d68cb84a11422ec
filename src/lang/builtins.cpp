#include "lang/builtins.h"

#include <charconv>
#include <string_view>
#include <unordered_map>

namespace scry::lang {

const std::vector<BuiltinRow>& builtins() {
  using namespace builtin_flags;
  static const std::vector<BuiltinRow> rows = {
#define BUILTIN(id, name, family, prototype, flags, state, summary, example) \
  {BuiltinId::id, name, Family::family, prototype, flags, State::state, summary, example},
#include "lang/builtins.def"
  };
  return rows;
}

const BuiltinRow& row(BuiltinId id) { return builtins()[static_cast<size_t>(id)]; }

std::optional<FoundBuiltin> find_builtin(std::string_view name) {
  static const auto by_name = [] {
    std::unordered_map<std::string_view, BuiltinId> map;
    for (const BuiltinRow& r : builtins())
      if (r.id != BuiltinId::Arg) map.emplace(r.name, r.id);
    return map;
  }();
  if (const auto found = by_name.find(name); found != by_name.end())
    return FoundBuiltin{found->second};
  if (name.starts_with("arg") && name.size() > 3) {
    uint32_t number = 0;
    const auto [end, failure] = std::from_chars(name.data() + 3, name.data() + name.size(), number);
    if (failure == std::errc() && end == name.data() + name.size())
      return FoundBuiltin{BuiltinId::Arg, number};
  }
  return {};
}

std::vector<std::string> builtin_names() {
  std::vector<std::string> names;
  for (const BuiltinRow& r : builtins())
    names.emplace_back(r.id == BuiltinId::Arg ? "arg0" : r.name);
  return names;
}

}  // namespace scry::lang
