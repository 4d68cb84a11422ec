// The C section of a script, with the kernel's types around it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "ast/ast.h"
#include "cdefs/definitions.h"
#include "diag/diagnostics.h"
#include "kernel/facts.h"
#include "sema/sema.h"

namespace scry::sema {

cdefs::Definitions resolve_definitions(const ast::Script& script, kernel::KernelFacts& facts,
                                       Diagnostics& diags);

// The macros that the script uses, as expressions: read when they are first asked for.
class Macros {
 public:
  Macros(const ast::Script& script, const cdefs::Definitions& definitions, const Options& options)
      : script_(script), definitions_(definitions), options_(options) {}

  // Null if it is no macro that stands for an expression.
  const ast::Expr* expression(std::string_view name);
  // What the macro stands for, as it is written.
  std::string text(const cdefs::Macro& macro) const;
  // The expression itself, or the one that it is a macro of, through macros of macros.
  const ast::Expr& behind(const ast::Expr& expr);

  std::set<std::string, std::less<>> expanding;  // around the expression being lowered

 private:
  const ast::Script& script_;
  const cdefs::Definitions& definitions_;
  const Options& options_;
  std::map<std::string, ast::ExprPtr, std::less<>> read_;
};

}  // namespace scry::sema
