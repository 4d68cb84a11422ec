// The C section of a script -> its definitions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cdefs/definitions.h"
#include "cdefs/tokens.h"
#include "diag/diagnostics.h"

namespace scry::cdefs {

// A type that the script uses and does not define.
struct Foreign {
  Type type;
  uint64_t size = 0;
  uint32_t alignment = 1;
};

struct Surroundings {
  // Macros without a text.
  std::vector<std::string_view> macros;
  // By tag ("struct", "union", "enum", or "" for a typedef) and name. May be null. Asked only where the size matters
  // or nothing else is known.
  std::function<std::optional<Foreign>(std::string_view tag, std::string_view name)> find;
};

// With errors in `diags` some definitions, or members of them, are missing.
Definitions parse(const std::vector<Piece>& pieces, const Surroundings& surroundings,
                  Diagnostics& diags);

}  // namespace scry::cdefs
