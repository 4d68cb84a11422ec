// sema: the written tree -> what it means (hir/hir.h). Takes a script without syntax errors, facts about
// the kernel and what the command line says; gives a program in which every name is resolved and every
// expression typed, and adds what is wrong to the list. The same inputs give the same program; nothing
// here looks at this machine except through KernelFacts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ast/ast.h"
#include "diag/diagnostics.h"
#include "hir/hir.h"
#include "kernel/facts.h"
#include "lang/config.h"

namespace scry::sema {

struct Options {
  // The script's parameters, $1 first; nullopt when they are not known yet (scry build).
  std::optional<std::vector<std::string>> parameters;
  bool is_unsafe = false;  // --unsafe
  // The script's text there, a macro's, as an expression; null, and messages, if it is none.
  std::function<ast::ExprPtr(Span, Diagnostics&)> parse_expression;
  // Of the environment: stronger than the script's own block.
  std::vector<lang::ConfigSetting> config;
};

// The script's `config = { … }` under that of the options.
lang::Config resolve_config(const ast::Script& script, const Options& options, Diagnostics& diags);

// With errors in `diags` the program is incomplete: only good for dumping.
hir::Program resolve(const ast::Script& script, kernel::KernelFacts& facts, const Options& options,
                     Diagnostics& diags);

}  // namespace scry::sema
