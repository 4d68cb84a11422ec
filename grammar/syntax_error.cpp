// Syntax errors: what to say when a token fits nowhere, and where to go on.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "grammar/builder.h"

namespace scry::grammar {

using S = Parser::symbol_kind;
using T = Parser::token;

std::string_view token_name(int kind) {
  return Parser::symbol_name(Parser::by_kind(static_cast<Parser::token_kind_type>(kind)).kind());
}

namespace {

// How a message names a token.
std::string describe(Parser::symbol_kind_type kind) {
  switch (kind) {
    case S::S_YYEOF: return "the end of the script";
    case S::S_Identifier: return "a name";
    case S::S_TypeName: return "type name";
    case S::S_Scratch: return "variable";
    case S::S_Map: return "map";
    case S::S_String: return "string";
    case S::S_Integer: return "integer";
    case S::S_Positional: return "positional parameter";
    case S::S_CText: return "C definition";
    case S::S_ProbeName:
    case S::S_AttachPoint: return "attach point";
    case S::S_BlockOpen: return "'{'";
    case S::S_CastOpen: return "'('";
    case S::S_AttachComma: return "','";
    case S::S_IfExpr: return "'if'";
    case S::S_TypeofType: return "'typeof'";
    case S::S_PredicateOpen: return "'/'";
    case S::S_PredicateClose: return "'/' to close predicate";
    default: return fmt::format("'{}'", Parser::symbol_name(kind));
  }
}

}  // namespace

// "expected …": a closer where an operand just ended, since operators could always follow; one word
// for the many tokens that begin an expression, a type or an item; at most four alternatives else.
std::string Builder::expectation(const std::vector<Parser::symbol_kind_type>& expected) const {
  const auto has = [&](Parser::symbol_kind_type kind) {
    return std::ranges::count(expected, kind) > 0;
  };
  const int before = next_ >= 2 ? tokens_.list[next_ - 2].kind : static_cast<int>(T::End);
  const bool at_end = tokens_.list[std::min(next_, tokens_.list.size()) - 1].kind == T::End;

  if (at_end && has(S::S_BraceClose)) return "expected '}'";
  if (before == T::Let && has(S::S_Scratch)) return "expected variable after 'let'";
  if (before == T::Dot || before == T::Arrow)
    return fmt::format("expected field name after '{}'", token_name(before));
  if (has(S::S_Config) &&
      tokens_.list[std::min(next_, tokens_.list.size()) - 1].kind == T::BraceClose)
    return "unexpected '}'; it closes nothing";
  if (has(S::S_Config) && has(S::S_AttachPoint))
    return "expected a probe, macro, fn or map declaration";
  if (has(S::S_Let) && has(S::S_Integer)) return "expected a statement";
  if (has(S::S_Integer) && has(S::S_Tilde)) return "expected expression";
  if (has(S::S_Struct) && has(S::S_Union)) return "expected type name";
  if (before == T::Assign && expected == std::vector{S::S_Identifier})
    return "expected map type name";
  constexpr std::array kClosers = {S::S_PredicateClose, S::S_ParenClose, S::S_BracketClose,
                                   S::S_Colon,          S::S_Semicolon,  S::S_BraceOpen,
                                   S::S_BraceClose,     S::S_Comma};
  if (has(S::S_Plus) || has(S::S_Dot) || has(S::S_AttachComma) || has(S::S_Semicolon)) {
    for (Parser::symbol_kind_type closer : kClosers)
      if (has(closer)) return "expected " + describe(closer);
  }

  std::vector<std::string> names;
  for (Parser::symbol_kind_type kind : expected) {
    std::string name = describe(kind);
    if (std::ranges::count(names, name) == 0) names.push_back(std::move(name));
  }
  if (names.empty() || names.size() > 4)
    return "unexpected " + std::string(at_end ? "end of the script" : "input");
  std::string text = "expected " + names[0];
  for (size_t i = 1; i < names.size(); ++i)
    text += (i + 1 == names.size() ? " or " : ", ") + names[i];
  return text;
}

void Builder::syntax_error(const std::vector<Parser::symbol_kind_type>& expected) {
  const size_t at = std::min(next_, tokens_.list.size()) - 1;
  const Token& token = tokens_.list[at];
  const bool is_reported = (at > 0 && tokens_.list[at - 1].is_broken) || token.is_broken;
  // What is missing at the end is missed behind the last token, not behind the blanks after it.
  Span span = token.span;
  if (token.kind == T::End && at > 0) span.begin = span.end = tokens_.list[at - 1].span.end;
  if (!is_reported) add_advice(diags_.add<diag::Id::Syntax>(span, expectation(expected)), expected);
  skip_to_recovery();
}

void Builder::add_advice(diag::Diagnostic& diagnostic,
                         const std::vector<Parser::symbol_kind_type>& expected) const {
  const auto has = [&](Parser::symbol_kind_type kind) {
    return std::ranges::count(expected, kind) > 0;
  };
  const size_t at = std::min(next_, tokens_.list.size()) - 1;
  const int found = tokens_.list[at].kind;
  if (found == T::Assign && !has(S::S_Assign)) diagnostic.hint("`==` compares, `=` assigns");
  if (has(S::S_AttachComma) && found != T::End) {
    const char first = source_.text(tokens_.list[at].span)[0];
    if (std::isalpha(static_cast<unsigned char>(first)))
      diagnostic.hint("several attach points are separated by `,`");
    else if (at > 0 && source_.text(tokens_.list[at - 1].span).find('/') != std::string_view::npos)
      diagnostic.hint("a predicate's `/` needs a blank before it: after a `:` it is text");
    else
      diagnostic.hint("a probe is: ATTACH_POINT, … /PREDICATE/ { STATEMENTS }");
  }
  if (found == T::BraceOpen && has(S::S_PredicateClose))
    diagnostic.hint("a predicate stands between two `/`: /pid == 1/");
  if (has(S::S_BraceOpen) && has(S::S_Dot) && !has(S::S_Plus))
    diagnostic.hint(
        "a condition with operators needs parentheses, and a block its braces: "
        "if ($a > 2) { … }");
  if (found != T::End) return;
  // The innermost bracket that is still open.
  std::vector<size_t> open;
  for (size_t i = 0; i < at; ++i) {
    switch (tokens_.list[i].kind) {
      case T::BraceOpen:
      case T::BlockOpen:
      case T::ParenOpen:
      case T::CastOpen:
      case T::BracketOpen: open.push_back(i); break;
      case T::BraceClose:
      case T::ParenClose:
      case T::BracketClose:
        if (!open.empty()) open.pop_back();
        break;
      default: break;
    }
  }
  if (!open.empty())
    diagnostic.label(
        tokens_.list[open.back()].span,
        fmt::format("this '{}' is not closed", source_.text(tokens_.list[open.back()].span)));
}

// The parser goes on after the statement, or the item, that the error is in: at its `;`, before the
// `}` of the block around it, or behind a `{ … }` at its own level. What is skipped stays balanced, so
// one error does not unbalance the rest.
void Builder::skip_to_recovery() {
  size_t depth = 0;
  for (size_t i = std::min(next_, tokens_.list.size()) - 1; i < tokens_.list.size(); ++i) {
    const int kind = tokens_.list[i].kind;
    const bool is_erroneous = i + 1 == next_;
    if (kind == T::End) {
      next_ = i;
      return;
    }
    if (kind == T::BraceOpen || kind == T::BlockOpen) ++depth;
    if (kind == T::Semicolon && depth == 0) {
      // Bison keeps the erroneous token; when it is the `;` itself it goes on right there.
      if (!is_erroneous) next_ = i;
      return;
    }
    if (kind != T::BraceClose) continue;
    if (depth == 0) {
      if (!is_erroneous) next_ = i;
      return;
    }
    if (--depth == 0 && !(i + 1 < tokens_.list.size() && tokens_.list[i + 1].kind == T::Else)) {
      next_ = i + 1;
      ends_statement_ = true;
      return;
    }
  }
}

}  // namespace scry::grammar
