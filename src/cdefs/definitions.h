// What the C section of a script defines: structs and unions with their layout, enums, constants of enums, and
// macros. Layout is that of the C ABI for 64-bit machines; it is fixed here, no kernel moves it. A Type of a struct
// carries its name only (types/type.h); one without a name gets a name that no script can write.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/source.h"
#include "types/type.h"

namespace scry::cdefs {

struct Member {
  std::string name;  // "" for an anonymous struct or union, whose members are seen through it
  Type type;         // Poison for what the language has no type for
  uint64_t bit_offset = 0;
  uint32_t bit_size = 0;  // of a bit field, else 0
};

struct Record {
  std::string name;
  bool is_union = false;
  uint64_t size = 0;
  uint32_t alignment = 1;
  std::vector<Member> members;
};

struct Constant {
  Type type;
  int64_t value = 0;
};

struct Macro {
  bool is_function = false;
  Span name;
  Span text;  // what stands for the name; empty if nothing does
};

struct Definitions {
  std::map<std::string, Record, std::less<>> records;
  std::map<std::string, Type, std::less<>> enums;
  std::map<std::string, Constant, std::less<>> constants;
  std::map<std::string, Macro, std::less<>> macros;  // at the end of the section
  bool is_incomplete =
      false;  // there was an error, or something is not read yet: any name may be missing

  const Record* record(std::string_view name) const;
  const Macro* macro(std::string_view name) const;
  // A macro that stands for a text.
  const Macro* object_macro(std::string_view name) const;
  const Constant* constant(std::string_view name) const;
  bool has_constant(std::string_view enum_name, int64_t value) const;

  struct Place {
    Type type;
    uint64_t bit_offset = 0;
    uint32_t bit_size = 0;  // of a bit field, else 0
  };
  // The member that `path` leads to from the start of a record: "a.b[2].c"; "" is the whole. Indexes are not checked
  // against bounds. A path does not lead into a struct that is defined elsewhere.
  std::optional<Place> place(std::string_view record, std::string_view path) const;
  // Bytes of a value; 0 for a struct that is defined elsewhere.
  uint64_t size_of(const Type& type) const;
  // Names of a record's members, those of anonymous ones included.
  std::vector<std::string> member_names(std::string_view record) const;
};

}  // namespace scry::cdefs
