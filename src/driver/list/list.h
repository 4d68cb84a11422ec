// `scry -l`: the probes, or kernel types, that match a pattern. A pattern is compared with whole names: `*` is any
// run of characters, also across colons; a pattern that starts with a provider's name or alias and `:` asks for that
// kind only. Without a pattern all kinds are listed that the kernel alone can answer for.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ast/ast.h"
#include "base/result.h"
#include "kernel/features.h"

namespace scry::driver {

struct ListOptions {
  std::vector<std::string> patterns;  // none: everything of the kernel
  bool shows_details = false;         // -v: arguments of probes, members of types
  std::optional<pid_t> pid;           // -p: whose binaries are meant
};

struct Listing {
  std::string text;
  std::vector<Error> troubles;  // what could not be looked at, and why
  bool is_empty() const { return text.empty(); }
};

Listing list(const ListOptions& options, kernel::KernelFacts& facts);

// Why there is nothing, with a hint how to write the pattern.
Error nothing_matches(const std::string& pattern);

// The patterns that the attach points of a script stand for.
std::vector<std::string> patterns_of(const ast::Script& script);

}  // namespace scry::driver
