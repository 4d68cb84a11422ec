// C text -> tokens, after the preprocessor: conditionals are decided, macros are expanded.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/source.h"
#include "cdefs/definitions.h"
#include "diag/diagnostics.h"

namespace scry::cdefs {

// A piece of the C section, verbatim: a directive or a definition.
struct Piece {
  Span span;
  std::string_view text;  // lives as long as the source
};

enum class TokenKind : uint8_t { End, Word, Number, Character, String, Punctuation };

struct Token {
  TokenKind kind = TokenKind::End;
  std::string_view text;
  Span span;              // of a macro's token: where the macro is used
  bool is_first = false;  // of its line

  bool is(std::string_view wanted) const { return text == wanted; }
  bool is_word() const { return kind == TokenKind::Word; }
};

// The tokens of a text without directives; `start` is where it begins in the source.
std::vector<Token> tokenize(std::string_view text, Span start);

// The tokens of all pieces, closed by an End. Macros that stand at the end go to `definitions`. `predefined` are
// macros without a text.
std::vector<Token> preprocess(const std::vector<Piece>& pieces,
                              const std::vector<std::string_view>& predefined,
                              Definitions& definitions, Diagnostics& diags);

}  // namespace scry::cdefs
