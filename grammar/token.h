// The tokens of one script, all of them before parsing starts: the rules that need to look further
// ahead than one token (grammar/context.h) then read a plain list.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ast/ast.h"
#include "base/source.h"

namespace scry::grammar {

struct Token {
  int kind;  // Parser::token
  Span span;
  uint32_t value = 0;      // into the list its kind uses, below
  bool is_broken = false;  // reported already: an unterminated string
};

struct Tokens {
  std::vector<Token> list;  // ends with the end token, unless is_too_deep
  // Names without sigil, decoded strings, C definitions; a positional parameter's digits.
  std::vector<std::string> strings;
  std::vector<ast::Integer> integers;
  std::vector<std::unique_ptr<ast::AttachPoint>> attach_points;
  std::vector<Span> comments;
  std::optional<Span> shebang;
  bool is_too_deep = false;  // brackets nest deeper than kMaxNesting; the rest was not read
};

// The name of a kind in messages and dumps: `;`, `Identifier`.
std::string_view token_name(int kind);

}  // namespace scry::grammar
