// The lexer: four modes, each a re2c automaton below. A mode ends by what it sees:
//
//   preamble      shebang, preprocessor lines, struct/union/enum definitions; ends at anything else
//   item start    a keyword leads to code, any other word to attach points
//   attach points words, `,` and blanks; ends at `{` or at the `/` of a predicate
//   code          ends with its item: at the `}` or `;` outside of all brackets
//
// The text ends in a NUL; no rule matches beyond it.
#include "grammar/lexer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "grammar/literals.h"
#include "grammar/parse.h"
#include "grammar/parser.h"

namespace scry::grammar {

using T = Parser::token;

/*!re2c
  re2c:define:YYCTYPE = "unsigned char";
  re2c:yyfill:enable = 0;
  re2c:define:YYCURSOR = cursor_;
  re2c:define:YYMARKER = marker_;

  nul      = [\x00];
  blank    = [ \t\r\n\f\v];
  newline  = "\r"? "\n";
  letter   = [A-Za-z_];
  word     = letter [A-Za-z0-9_]*;
  digits   = [0-9] [A-Za-z0-9_]*;
  line_comment  = "//" [^\n\x00]*;
  block_comment = "/*" ([^*\x00] | "*"+ [^*/\x00])* "*"+ "/";
  quoted   = ["] ([^"\\\n\x00] | "\\" [^\n\x00])* ["];
*/

namespace {

class Lexer {
 public:
  Lexer(const SourceFile& source, FileId file, Diagnostics& diags)
      : file_(file), diags_(diags),
        begin_(reinterpret_cast<const unsigned char*>(source.text().data())),
        cursor_(begin_), limit_(begin_ + source.text().size()) {}

  Tokens run() {
    skip_shebang();
    while (lex_definition()) {}
    while (lex_item()) {}
    push(T::End, cursor_).is_broken = is_broken_;
    return std::move(out_);
  }

 private:
  using Place = const unsigned char*;

  // --- places and tokens
  uint32_t offset(Place at) const { return static_cast<uint32_t>(at - begin_); }
  Span span_from(Place start) const { return {offset(start), offset(cursor_), file_}; }
  std::string_view text_from(Place start) const {
    return {reinterpret_cast<const char*>(start), static_cast<size_t>(cursor_ - start)};
  }
  bool at_end() const { return cursor_ >= limit_; }

  Token& push(int kind, Place start, size_t value = 0) {
    out_.list.push_back({kind, span_from(start), static_cast<uint32_t>(value)});
    return out_.list.back();
  }
  Token& push_text(int kind, Place start, std::string text) {
    out_.strings.push_back(std::move(text));
    return push(kind, start, out_.strings.size() - 1);
  }
  int last_kind() const { return out_.list.empty() ? static_cast<int>(T::End) : out_.list.back().kind; }

  // --- modes; defined below
  void skip_shebang();
  void skip_blanks();
  bool lex_definition();
  void lex_directive();
  void lex_braces();
  bool lex_item();
  void lex_attach_points();
  void lex_attach_point(Place start);
  bool lex_attach_piece(ast::AttachPart& part, bool has_colon);
  void lex_code();
  bool lex_code_token();

  // --- what the automata share
  void open_bracket(int kind, Place start);
  bool close_bracket(int kind, Place start);
  void lex_slash(Place start);
  void lex_word(Place start);
  void lex_integer(Place start);
  void lex_string(Place start, char quote);
  void report_comment(Place start);
  void report_byte(Place start);

  FileId file_;
  Diagnostics& diags_;
  Place begin_;
  Place cursor_;
  Place marker_ = nullptr;
  Place limit_;
  Tokens out_;
  std::vector<int> open_;  // the open brackets, innermost last
  Place reported_byte_ = nullptr;  // the last that stands for nothing
  bool is_in_predicate_ = false;
  bool is_item_done_ = false;
  bool ends_with_brace_ = false;  // the item has a body
  bool is_broken_ = false;  // the token being read is reported already
};

// --- blanks -----------------------------------------------------------------------------------------

void Lexer::skip_shebang() {
  if (limit_ - begin_ < 2 || begin_[0] != '#' || begin_[1] != '!') return;
  while (!at_end() && *cursor_ != '\n') ++cursor_;
  out_.shebang = span_from(begin_);
}

void Lexer::report_comment(Place start) {
  cursor_ = start + 2;
  diags_.add<diag::Id::CommentUnterminated>(span_from(start));
  is_broken_ = true;
  cursor_ = limit_;
}

// Blanks and comments; comments are kept for the formatter.
void Lexer::skip_blanks() {
  for (;;) {
    const Place start = cursor_;
    /*!re2c
      blank+          { continue; }
      line_comment    { out_.comments.push_back(span_from(start)); continue; }
      block_comment   { out_.comments.push_back(span_from(start)); continue; }
      "/*"            { report_comment(start); continue; }
      *               { cursor_ = start; return; }
    */
  }
}

// --- C definitions ----------------------------------------------------------------------------------

// One definition, if there is one here.
bool Lexer::lex_definition() {
  skip_blanks();
  const Place start = cursor_;
  /*!re2c
    "#!" [^\n\x00]* {
      diags_.add<diag::Id::UnexpectedCharacter>(span_from(start), "'#!'")
          .hint("a `#!` line is the very first of a script");
      return true;
    }
    "#" {
      lex_directive();
      push_text(T::CText, start, std::string(text_from(start)));
      return true;
    }
    ("struct" | "union" | "enum") / (blank | [/{]) {
      lex_braces();
      push_text(T::CText, start, std::string(text_from(start)));
      return true;
    }
    * { cursor_ = start; return false; }
  */
}

// The rest of a directive: to the end of the line, which a `\` before it and a comment carry on.
void Lexer::lex_directive() {
  for (;;) {
    const Place token = cursor_;
    /*!re2c
      spliced_comment = "//" ([^\n\\\x00] | "\\" "\r"? [^\r\x00])*;
      "\\" newline      { continue; }
      quoted            { continue; }
      spliced_comment   { continue; }
      block_comment     { continue; }
      newline           { break; }
      nul               { if (token < limit_) continue; break; }
      *                 { continue; }
    */
  }
  --cursor_;
  // Blanks stay: without them a `\` in front of them would carry the line on.
  if (cursor_[-1] == '\r') --cursor_;
  // The last line of all has nothing to be carried on to.
  while (at_end() && cursor_[-1] == '\n') --cursor_;
}

// The rest of a definition: to the brace that closes it, with attributes and a `;` behind it.
void Lexer::lex_braces() {
  const Place start = cursor_;
  size_t depth = 0;
  bool is_closed = false;
  Place end = nullptr;  // after the brace or attribute: where it ends if no `;` follows
  for (;;) {
    const Place token = cursor_;
    /*!re2c
      character = ['] ([^'\\\n\x00] | "\\" [^\n\x00])+ ['];
      attribute = "__attribute__" blank* "((" [^;{}\x00]* "))";
      blank+         { continue; }
      line_comment   { continue; }
      block_comment  { continue; }
      quoted         { continue; }
      character      { continue; }
      "{"            { if (is_closed) break; ++depth; continue; }
      "}"            {
        if (is_closed || depth == 0) break;
        if (--depth == 0) is_closed = true, end = cursor_;
        continue;
      }
      ";"            { if (depth == 0) return; continue; }
      attribute      { if (is_closed) end = cursor_; continue; }
      nul            {
        if (token < limit_) continue;
        if (is_closed) break;
        cursor_ = limit_;
        diags_.add<diag::Id::DefinitionUnterminated>(Span{offset(start), offset(start), file_});
        return;
      }
      *              { if (is_closed) break; continue; }
    */
    break;
  }
  cursor_ = end ? end : start;
}

// --- items ------------------------------------------------------------------------------------------

// One item; false at the end.
bool Lexer::lex_item() {
  skip_blanks();
  if (at_end()) return false;
  if (lex_definition()) return true;
  const Place start = cursor_;
  is_item_done_ = false;
  is_in_predicate_ = false;
  ends_with_brace_ = true;
  open_.clear();
  /*!re2c
    keyword_end = [^A-Za-z0-9_:=*];
    ("config") / ("=" | keyword_end)                      { cursor_ = start; lex_code(); return true; }
    ("macro" | "fn") / keyword_end                        { cursor_ = start; lex_code(); return true; }
    ("import" | "let") / keyword_end {
      ends_with_brace_ = false;
      cursor_ = start;
      lex_code();
      return true;
    }
    ";"  { push(T::Semicolon, start); return true; }
    "}"  { push(T::BraceClose, start); return true; }
    *    { cursor_ = start; lex_attach_points(); return !out_.is_too_deep; }
  */
}

// --- attach points ----------------------------------------------------------------------------------

void Lexer::lex_attach_points() {
  for (;;) {
    skip_blanks();
    const Place start = cursor_;
    /*!re2c
      word "=" / [^=] {
        --cursor_;
        std::string name(text_from(start));
        ++cursor_;
        push_text(T::ProbeName, start, std::move(name));
        continue;
      }
      ","  { push(T::AttachComma, start); continue; }
      "/"  { push(T::PredicateOpen, start); is_in_predicate_ = true; lex_code(); return; }
      "{"  { cursor_ = start; lex_code(); return; }
      "}"  { push(T::BraceClose, start); return; }
      ";"  { push(T::Semicolon, start); return; }
      nul  { if (start >= limit_) { cursor_ = limit_; return; } report_byte(start); continue; }
      *    { cursor_ = start; lex_attach_point(start); continue; }
    */
  }
}

// One attach point: its parts, split at `:`.
void Lexer::lex_attach_point(Place start) {
  auto point = std::make_unique<ast::AttachPoint>();
  bool has_colon = false;
  for (;;) {
    ast::AttachPart part;
    const Place part_start = cursor_;
    while (lex_attach_piece(part, has_colon)) {}
    part.span = span_from(part_start);
    if (has_colon) point->args.push_back(std::move(part));
    else point->provider = std::move(part);
    if (*cursor_ != ':') break;
    ++cursor_;
    has_colon = true;
  }
  point->span = span_from(start);
  out_.attach_points.push_back(std::move(point));
  push(T::AttachPoint, start, out_.attach_points.size() - 1).is_broken = std::exchange(is_broken_, false);
}

// A run of plain text or a quoted piece; false where the part ends.
bool Lexer::lex_attach_piece(ast::AttachPart& part, bool has_colon) {
  const Place start = cursor_;
  /*!re2c
    plain = [^ \t\r\n\f\v{},:"/;\x00]+;
    plain   { part.pieces.push_back({std::string(text_from(start)), false}); return true; }
    quoted  {
      const std::string_view inside = text_from(start).substr(1, text_from(start).size() - 2);
      const Span span = {offset(start) + 1, offset(cursor_) - 1, file_};
      part.pieces.push_back({decode_string(inside, span, diags_), true});
      return true;
    }
    ["]     {
      while (!at_end() && *cursor_ != '\n') ++cursor_;
      diags_.add<diag::Id::StringUnterminated>(span_from(start));
      is_broken_ = true;
      return true;
    }
    "/"     {
      if (!has_colon) { cursor_ = start; return false; }
      part.pieces.push_back({"/", false});
      return true;
    }
    nul     {
      if (start >= limit_) { cursor_ = start; return false; }
      report_byte(start);
      return true;
    }
    *       { cursor_ = start; return false; }
  */
}

// --- code -------------------------------------------------------------------------------------------

void Lexer::lex_code() {
  while (!is_item_done_ && !out_.is_too_deep) {
    skip_blanks();
    if (!lex_code_token()) return;
  }
}

// One token; false at the end of the text.
bool Lexer::lex_code_token() {
  const Place start = cursor_;
  /*!re2c
    nul    { if (start >= limit_) { cursor_ = limit_; return false; } report_byte(start); return true; }

    word         { lex_word(start); return true; }
    digits       { lex_integer(start); return true; }
    "$" word     { push_text(T::Scratch, start, std::string(text_from(start + 1))); return true; }
    "$" [0-9]+   { push_text(T::Positional, start, std::string(text_from(start + 1))); return true; }
    "$#"         { push(T::PositionalCount, start); return true; }
    "$"          { diags_.add<diag::Id::EmptyName>(span_from(start)); push_text(T::Scratch, start, "").is_broken = true; return true; }
    "@" [A-Za-z0-9_]*  { push_text(T::Map, start, std::string(text_from(start + 1))); return true; }
    ["]          { lex_string(start, '"'); return true; }
    [']          { lex_string(start, '\''); return true; }

    "{"    { open_bracket(T::BraceOpen, start); return true; }
    "("    { open_bracket(T::ParenOpen, start); return true; }
    "["    { open_bracket(T::BracketOpen, start); return true; }
    "}"    { return close_bracket(T::BraceClose, start); }
    ")"    { return close_bracket(T::ParenClose, start); }
    "]"    { return close_bracket(T::BracketClose, start); }
    ";"    { push(T::Semicolon, start); is_item_done_ = open_.empty(); return true; }
    "/"    { lex_slash(start); return true; }

    ","    { push(T::Comma, start); return true; }
    ":"    { push(T::Colon, start); return true; }
    "?"    { push(T::Question, start); return true; }
    "."    { push(T::Dot, start); return true; }
    ".."   { push(T::DotDot, start); return true; }
    "->"   { push(T::Arrow, start); return true; }
    "="    { push(T::Assign, start); return true; }
    "+="   { push(T::AddAssign, start); return true; }
    "-="   { push(T::SubtractAssign, start); return true; }
    "*="   { push(T::MultiplyAssign, start); return true; }
    "/="   { push(T::DivideAssign, start); return true; }
    "%="   { push(T::ModuloAssign, start); return true; }
    "&="   { push(T::AndAssign, start); return true; }
    "|="   { push(T::OrAssign, start); return true; }
    "^="   { push(T::XorAssign, start); return true; }
    "<<="  { push(T::ShiftLeftAssign, start); return true; }
    ">>="  { push(T::ShiftRightAssign, start); return true; }
    "++"   { push(T::Increment, start); return true; }
    "--"   { push(T::Decrement, start); return true; }
    "||"   { push(T::OrOr, start); return true; }
    "&&"   { push(T::AndAnd, start); return true; }
    "|"    { push(T::Or, start); return true; }
    "^"    { push(T::Xor, start); return true; }
    "&"    { push(T::And, start); return true; }
    "=="   { push(T::Equal, start); return true; }
    "!="   { push(T::NotEqual, start); return true; }
    "<"    { push(T::Less, start); return true; }
    "<="   { push(T::LessEqual, start); return true; }
    ">"    { push(T::Greater, start); return true; }
    ">="   { push(T::GreaterEqual, start); return true; }
    "<<"   { push(T::ShiftLeft, start); return true; }
    ">>"   { push(T::ShiftRight, start); return true; }
    "+"    { push(T::Plus, start); return true; }
    "-"    { push(T::Minus, start); return true; }
    "*"    { push(T::Star, start); return true; }
    "%"    { push(T::Percent, start); return true; }
    "!"    { push(T::Not, start); return true; }
    "~"    { push(T::Tilde, start); return true; }

    "#" [^\n\x00]* {
      diags_.add<diag::Id::DefinitionsLate>(span_from(start));
      return true;
    }
    *      { report_byte(start); return true; }
  */
}

// --- what the automata share ------------------------------------------------------------------------

void Lexer::report_byte(Place start) {
  const unsigned char byte = *start;
  // A whole UTF-8 character is one mistake.
  if (byte >= 0xc0) while (!at_end() && (*cursor_ & 0xc0) == 0x80) ++cursor_;
  // One of a line will do: the others are likely of the same making.
  const bool is_reported = reported_byte_ && std::find(reported_byte_, start, '\n') == start;
  reported_byte_ = start;
  if (is_reported) return;
  const bool is_printable = byte > 0x20 && byte < 0x7f;
  diags_.add<diag::Id::UnexpectedCharacter>(
      span_from(start), is_printable ? fmt::format("'{}'", static_cast<char>(byte))
                                     : byte >= 0x80 ? fmt::format("'{}'", text_from(start))
                                                    : fmt::format("\\x{:02x}", byte));
}

void Lexer::open_bracket(int kind, Place start) {
  // A `{` right after an operand cannot be in the predicate any more: its `/` was forgotten. The
  // parser says so; here the body must still end the item.
  if (kind == T::BraceOpen && is_in_predicate_ && open_.empty()) {
    switch (last_kind()) {
      case T::Identifier: case T::Integer: case T::String: case T::Scratch: case T::Map:
      case T::ParenClose: case T::BracketClose: case T::Positional: case T::True: case T::False:
        is_in_predicate_ = false;
        break;
      default: break;
    }
  }
  push(kind, start);
  open_.push_back(kind);
  if (open_.size() <= kMaxNesting) return;
  diags_.add<diag::Id::TooDeep>(span_from(start), kMaxNesting);
  out_.is_too_deep = true;
}

// Closes the innermost bracket of its kind; a `}` closes what was forgotten inside it too.
bool Lexer::close_bracket(int kind, Place start) {
  push(kind, start);
  const int opener = kind == T::BraceClose ? T::BraceOpen : kind == T::ParenClose ? T::ParenOpen : T::BracketOpen;
  size_t at = open_.size();
  while (at > 0 && open_[at - 1] != opener && (kind == T::BraceClose || open_[at - 1] != T::BraceOpen)) --at;
  if (at > 0 && open_[at - 1] == opener) open_.resize(at - 1);
  // An item with a body ends where no brace is open, even if a parenthesis was forgotten.
  const bool is_outside = ends_with_brace_ ? std::count(open_.begin(), open_.end(), T::BraceOpen) == 0
                                           : open_.empty();
  is_item_done_ = kind == T::BraceClose && is_outside && !is_in_predicate_;
  return true;
}

// Rule 4 of the grammar: does this `/` close the predicate?
void Lexer::lex_slash(Place start) {
  int kind = T::Slash;
  if (is_in_predicate_ && open_.empty()) {
    const Place after = cursor_;
    const size_t comment_count = out_.comments.size();
    skip_blanks();
    if (*cursor_ == '{') kind = T::PredicateClose, is_in_predicate_ = false;
    out_.comments.resize(comment_count);
    cursor_ = after;
  }
  push(kind, start);
}

void Lexer::lex_word(Place start) {
  static constexpr std::pair<std::string_view, int> kKeywords[] = {
      {"break", T::Break},       {"comptime", T::Comptime}, {"config", T::Config},
      {"continue", T::Continue}, {"else", T::Else},         {"enum", T::Enum},
      {"false", T::False},       {"fn", T::Fn},             {"for", T::For},
      {"if", T::If},             {"import", T::Import},     {"let", T::Let},
      {"macro", T::Macro},       {"offsetof", T::Offsetof}, {"return", T::Return},
      {"sizeof", T::Sizeof},     {"struct", T::Struct},     {"true", T::True},
      {"typeinfo", T::Typeinfo}, {"typeof", T::Typeof},     {"union", T::Union},
      {"unroll", T::Unroll},     {"while", T::While},       {"_", T::Underscore},
  };
  const std::string_view word = text_from(start);
  // Rule 8: after `.` and `->` every word is a name.
  if (last_kind() != T::Dot && last_kind() != T::Arrow) {
    for (const auto& [keyword, kind] : kKeywords) {
      if (keyword != word) continue;
      push(kind, start);
      return;
    }
  }
  push_text(T::Identifier, start, std::string(word));
}

void Lexer::lex_integer(Place start) {
  out_.integers.push_back(decode_integer(text_from(start), span_from(start), diags_));
  push(T::Integer, start, out_.integers.size() - 1);
}

// A string to its closing quote, or to the end of the line with a message.
void Lexer::lex_string(Place start, char quote) {
  const Place inside = cursor_;
  while (!at_end() && *cursor_ != quote && *cursor_ != '\n') {
    if (*cursor_ == '\\' && cursor_ + 1 < limit_ && cursor_[1] != '\n') ++cursor_;
    ++cursor_;
  }
  const bool is_closed = !at_end() && *cursor_ == quote;
  std::string value;
  if (quote == '"')
    value = decode_string(text_from(inside), Span{offset(inside), offset(cursor_), file_}, diags_);
  if (is_closed) ++cursor_;
  if (quote == '\'') diags_.add<diag::Id::SingleQuotes>(span_from(start));
  else if (!is_closed) diags_.add<diag::Id::StringUnterminated>(span_from(start));
  push_text(T::String, start, std::move(value)).is_broken = !is_closed;
}

}  // namespace

Tokens lex(const SourceFile& source, FileId file, Diagnostics& diags) {
  return Lexer(source, file, diags).run();
}

}  // namespace scry::grammar
