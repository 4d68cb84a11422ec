// What a token means where more than the next one must be seen: rules 1, 2 and 3 at the head of
// parser.yy. Takes the lexer's tokens and renames some:
//
//   (            -> CastOpen     before a type and an operand
//   {, if        -> BlockOpen, IfExpr   where an operand is wanted
//   name, typeof -> TypeName, TypeofType   at the start of a type where an expression may stand
#pragma once

#include "grammar/token.h"

namespace scry::grammar {

void mark_context(Tokens& tokens);

}  // namespace scry::grammar
