// The builtin variables and functions of the language (builtins.def): lookup by name. What a builtin
// means lives by id in the room that performs it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/probes.h"

namespace scry::lang {

enum class BuiltinId : uint8_t {
#define BUILTIN(id, name, family, prototype, flags, state, summary, example) id,
#include "lang/builtins.def"
};

enum class Family : uint8_t {
  Variable,
  Output,
  Map,
  Aggregation,
  String,
  Address,
  Process,
  Time,
  Compile
};

namespace builtin_flags {
inline constexpr uint8_t None = 0, Async = 1, Unsafe = 2, CompileTime = 4, Aggregate = 8;
}

struct BuiltinRow {
  BuiltinId id;
  const char* name;
  Family family;
  const char* prototype;
  uint8_t flags;
  State state;
  const char* summary;
  const char* example;

  bool is(uint8_t flag) const { return (flags & flag) != 0; }
};

const BuiltinRow& row(BuiltinId id);
const std::vector<BuiltinRow>& builtins();

// A builtin by its spelling. `arg0`, `arg12` are found as Arg with their number.
struct FoundBuiltin {
  BuiltinId id;
  uint32_t number = 0;  // Arg: N
};
std::optional<FoundBuiltin> find_builtin(std::string_view name);
// All names, for did-you-mean.
std::vector<std::string> builtin_names();

}  // namespace scry::lang
