// A tree as text, for `--emit=ast` and for comparing trees: one node a line, children indented. It
// shows what was written and nothing of how: no places, comments, blanks or redundant parentheses, so
// a script and its formatted form have the same dump.
#pragma once

#include <string>

#include "ast/ast.h"

namespace scry::ast {

std::string dump(const Script& script);
std::string dump(NodeRef node);

}  // namespace scry::ast
