// Text -> tokens. The lexer has four modes and leaves each by what it sees, never by what a name
// means: the C preamble, the start of an item, attach points, and code.
#pragma once

#include "base/source.h"
#include "diag/diagnostics.h"
#include "grammar/token.h"

namespace scry::grammar {

// Always gives a list to parse: what is no token is reported and left out, a wrong literal is
// reported and stands as 0 or what could be decoded.
Tokens lex(const SourceFile& source, FileId file, Diagnostics& diags);

}  // namespace scry::grammar
