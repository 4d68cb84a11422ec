#include "cdefs/definitions.h"

#include <algorithm>
#include <charconv>

namespace scry::cdefs {

using types::Kind;

namespace {

template <typename Map>
auto find(const Map& map, std::string_view name) -> const typename Map::mapped_type* {
  const auto found = map.find(name);
  return found == map.end() ? nullptr : &found->second;
}

// The member, also through anonymous ones; its offset is added to what stands in `place`.
bool find_member(const Definitions& definitions, const Record& record, std::string_view name,
                 Definitions::Place& place) {
  for (const Member& member : record.members) {
    if (member.name == name) {
      place.type = member.type;
      place.bit_offset += member.bit_offset;
      place.bit_size = member.bit_size;
      return true;
    }
    if (!member.name.empty()) continue;
    const Record* inner = definitions.record(member.type.name);
    Definitions::Place deeper = place;
    deeper.bit_offset += member.bit_offset;
    if (inner && find_member(definitions, *inner, name, deeper)) {
      place = std::move(deeper);
      return true;
    }
  }
  return false;
}

// "[2]" at the start of `rest`, which moves behind it.
bool take_index(std::string_view& rest, const Definitions& definitions, Definitions::Place& place) {
  uint64_t index = 0;
  const size_t end = rest.find(']');
  if (end == rest.npos) return false;
  if (std::from_chars(rest.data() + 1, rest.data() + end, index).ptr != rest.data() + end)
    return false;
  rest.remove_prefix(end + 1);
  if (place.type.is(Kind::String)) {
    place.type = types::integer(1, true);
  } else if (place.type.is(Kind::Array)) {
    place.type = Type(*place.type.element);
  } else {
    return false;
  }
  place.bit_offset += index * definitions.size_of(place.type) * 8;
  return true;
}

}  // namespace

const Record* Definitions::record(std::string_view name) const { return find(records, name); }
const Macro* Definitions::macro(std::string_view name) const { return find(macros, name); }
const Constant* Definitions::constant(std::string_view name) const { return find(constants, name); }

const Macro* Definitions::object_macro(std::string_view name) const {
  const Macro* found = macro(name);
  return found && !found->is_function && found->text.begin != found->text.end ? found : nullptr;
}

bool Definitions::has_constant(std::string_view enum_name, int64_t value) const {
  return std::any_of(constants.begin(), constants.end(), [&](const auto& each) {
    return each.second.value == value && each.second.type.name == enum_name;
  });
}

std::optional<Definitions::Place> Definitions::place(std::string_view name,
                                                     std::string_view path) const {
  if (!record(name)) return {};
  Place place{types::structure(std::string(name))};
  while (!path.empty()) {
    if (path.front() == '[') {
      if (!take_index(path, *this, place)) return {};
      continue;
    }
    if (path.front() == '.') path.remove_prefix(1);
    const size_t end = std::min(path.find_first_of(".["), path.size());
    const Record* whole = place.type.is(Kind::Struct) ? record(place.type.name) : nullptr;
    if (!whole || !find_member(*this, *whole, path.substr(0, end), place)) return {};
    path.remove_prefix(end);
  }
  return place;
}

uint64_t Definitions::size_of(const Type& type) const {
  if (type.is(Kind::Array)) return size_of(*type.element) * type.count;
  if (!type.is(Kind::Struct)) return type.size;
  const Record* found = record(type.name);
  return found ? found->size : 0;
}

std::vector<std::string> Definitions::member_names(std::string_view name) const {
  std::vector<std::string> names;
  const Record* found = record(name);
  if (!found) return names;
  for (const Member& member : found->members) {
    if (!member.name.empty()) {
      names.push_back(member.name);
    } else {
      for (std::string& inner : member_names(member.type.name)) names.push_back(std::move(inner));
    }
  }
  return names;
}

}  // namespace scry::cdefs
