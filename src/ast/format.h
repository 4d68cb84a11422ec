// The canonical text of a script, for `scry fmt`: one statement a line, two blanks of indentation, one
// attach point a line, the predicate and the opening brace on lines of their own, parentheses only
// where precedence needs them. Comments, the C preamble, literals and single blank lines stay as
// written. The result parses to the same tree (ast/dump.h) and formats to itself.
#pragma once

#include <string>

#include "ast/ast.h"
#include "base/source.h"

namespace scry::ast {

// `script` was parsed from `source` without errors.
std::string format(const Script& script, const SourceFile& source);

}  // namespace scry::ast
