// Source text -> written tree. Takes one file of the source map, gives the tree of what could be read
// and adds what is wrong to the list. Knows syntax only: no name means anything here.
#pragma once

#include <memory>
#include <string>

#include "ast/ast.h"
#include "base/source.h"
#include "diag/diagnostics.h"

namespace scry::grammar {

// The longest script that is read; a longer one is one diagnostic.
inline constexpr size_t kMaxSourceSize = 1u << 20;
// The deepest nesting of brackets.
inline constexpr size_t kMaxNesting = 500;

// Null when nothing could be built (the script is too large or nested too deeply). With errors in
// `diags` the tree lacks the statements and items they are in. An empty script is a tree without
// items.
std::unique_ptr<ast::Script> parse(const SourceMap& sources, FileId file, Diagnostics& diags);

// The text there as an expression: what a macro of the C section stands for. Null, and messages, if it is none.
ast::ExprPtr parse_expression(const SourceMap& sources, Span span, Diagnostics& diags);

// The tokens of a file, one a line, for goldens: "3:5 Identifier `pid`".
std::string dump_tokens(const SourceMap& sources, FileId file, Diagnostics& diags);

}  // namespace scry::grammar
