// Conditionals and macros. `#` and `##` in the text of a macro mean nothing here.
#include <algorithm>
#include <string>

#include "cdefs/constant.h"
#include "cdefs/tokens.h"

namespace scry::cdefs {

using diag::Id;

namespace {

constexpr size_t kMostTokens = 1 << 20;  // macros that expand to macros grow fast
constexpr size_t kDeepest = 64;          // macros within macros

class Preprocessor {
 public:
  Preprocessor(Definitions& definitions, Diagnostics& diags)
      : definitions_(definitions), diags_(diags) {}

  void predefine(std::string_view name) { define(name, {}); }

  void take(const Piece& piece) {
    const std::vector<Token> tokens = tokenize(piece.text, piece.span);
    for (size_t at = 0; at < tokens.size();) {
      size_t end = at + 1;
      while (end < tokens.size() && !(tokens[end].is_first && tokens[end].is("#"))) ++end;
      if (tokens[at].is("#")) {
        end = at + 1;
        while (end < tokens.size() && !tokens[end].is_first) ++end;
        directive({tokens.begin() + static_cast<ptrdiff_t>(at) + 1,
                   tokens.begin() + static_cast<ptrdiff_t>(end)},
                  tokens[at].span);
      } else if (is_active()) {
        expand({tokens.begin() + static_cast<ptrdiff_t>(at),
                tokens.begin() + static_cast<ptrdiff_t>(end)},
               out_, {});
      }
      at = end;
    }
  }

  std::vector<Token> finish() {
    if (!conditionals_.empty()) diags_.add<Id::ConditionalOpen>(conditionals_.back().span);
    if (is_too_long_ && !out_.empty()) diags_.add<Id::DefinitionsTooLong>(out_.front().span);
    const Span last = out_.empty() ? Span{} : out_.back().span;
    out_.push_back({TokenKind::End, "", Span{last.end, last.end, last.file}, true});
    return std::move(out_);
  }

 private:
  using Tokens = std::vector<Token>;
  struct Body {
    std::vector<std::string_view> parameters;
    Tokens tokens;
    bool is_function = false;
  };
  struct Conditional {
    Span span;
    bool is_reached;  // what is around it is active
    bool is_taken;    // this or an earlier branch
    bool is_active;
  };

  bool is_active() const {
    return std::all_of(conditionals_.begin(), conditionals_.end(),
                       [](const Conditional& each) { return each.is_active; });
  }

  void define(std::string_view name, Body body, Span at = {}) {
    Macro macro{body.is_function, at, {}};
    if (!body.tokens.empty()) macro.text = cover(body.tokens.front().span, body.tokens.back().span);
    definitions_.macros[std::string(name)] = macro;
    bodies_[std::string(name)] = std::move(body);
  }

  // --- directives; `line` is what stands behind the `#`
  void directive(const Tokens& line, Span hash) {
    if (line.empty()) return;
    const Span span = cover(hash, line.front().span);
    const std::string_view word = line.front().text;
    if (conditional(line, span) || !is_active()) return;
    if (word == "define" || word == "undef") return macro(line, span);
    if (word == "include") {
      diags_.add<Id::NotSupportedYet>(cover(hash, line.back().span), "#include");
    } else if (word == "error") {
      diags_.add<Id::ErrorDirective>(cover(hash, line.back().span), text_of(line));
    } else if (word == "pragma" && line.size() > 1 && line[1].is("pack")) {
      diags_.add<Id::NotSupportedYet>(cover(hash, line.back().span), "#pragma pack")
          .hint("`__attribute__((packed))` packs one struct");
    } else if (word != "pragma" && word != "warning" && word != "line") {
      diags_.add<Id::InvalidDirective>(span, word);
    }
  }

  static std::string text_of(const Tokens& line) {
    std::string text;
    for (size_t i = 1; i < line.size(); ++i) {
      if (!text.empty() && line[i].span.begin > line[i - 1].span.end) text += ' ';
      text += line[i].text;
    }
    return text;
  }

  // True if it is one: #if, #ifdef, #ifndef, #elif, #else, #endif.
  bool conditional(const Tokens& line, Span span) {
    const std::string_view word = line.front().text;
    const auto is_defined = [&] { return line.size() > 1 && bodies_.contains(line[1].text); };
    if (word == "if" || word == "ifdef" || word == "ifndef") {
      const bool is_reached = is_active();
      if (word != "if" && line.size() < 2) diags_.add<Id::InvalidMacroName>(span);
      const bool holds =
          is_reached && (word == "if" ? condition(line, span) : is_defined() == (word == "ifdef"));
      conditionals_.push_back({span, is_reached, holds, holds});
      return true;
    }
    if (word != "elif" && word != "else" && word != "endif") return false;
    if (conditionals_.empty()) {
      diags_.add<Id::ConditionalClosed>(span, word);
      return true;
    }
    Conditional& open = conditionals_.back();
    if (word == "endif") {
      conditionals_.pop_back();
    } else {
      open.is_active =
          open.is_reached && !open.is_taken && (word == "else" || condition(line, span));
      open.is_taken |= open.is_active;
    }
    return true;
  }

  bool condition(const Tokens& line, Span span) {
    Tokens asked;
    for (size_t i = 1; i < line.size(); ++i) {
      if (!line[i].is("defined")) {
        asked.push_back(line[i]);
        continue;
      }
      const bool has_parenthesis = i + 1 < line.size() && line[i + 1].is("(");
      i = std::min(i + (has_parenthesis ? 2 : 1), line.size() - 1);
      asked.push_back(
          {TokenKind::Number, bodies_.contains(line[i].text) ? "1" : "0", line[i].span});
      if (has_parenthesis && i + 1 < line.size() && line[i + 1].is(")")) ++i;
    }
    Tokens expanded;
    expand(asked, expanded, {});
    expanded.push_back({});
    size_t at = 0;
    // A name that is no macro is 0.
    const auto value = read_constant(expanded, at, [](const Token&) { return int64_t{0}; });
    if (!value || expanded[at].kind != TokenKind::End)
      diags_.add<Id::NotConstant>(cover(span, line.back().span));
    return value.value_or(0) != 0;
  }

  void macro(const Tokens& line, Span span) {
    if (line.size() < 2 || !line[1].is_word()) {
      diags_.add<Id::InvalidMacroName>(span);
      return;
    }
    const Token& name = line[1];
    if (line.front().is("undef")) {
      const auto found = bodies_.find(name.text);
      if (found != bodies_.end()) bodies_.erase(found);
      definitions_.macros.erase(std::string(name.text));
      return;
    }
    Body body;
    size_t at = 2;
    body.is_function = at < line.size() && line[at].is("(") && line[at].span.begin == name.span.end;
    if (body.is_function) {
      for (++at; at < line.size() && !line[at].is(")"); ++at)
        if (line[at].is_word()) body.parameters.push_back(line[at].text);
      at = std::min(at + 1, line.size());
    }
    body.tokens.assign(line.begin() + static_cast<ptrdiff_t>(at), line.end());
    define(name.text, std::move(body), name.span);
  }

  // --- expansion; `within` are the macros that it is already part of
  using Within = std::vector<std::string_view>;

  void expand(const Tokens& tokens, Tokens& out, const Within& within) {
    for (size_t at = 0; at < tokens.size(); ++at) {
      const Token& token = tokens[at];
      is_too_long_ |= ++seen_ > kMostTokens;
      if (is_too_long_) return;
      const auto found = token.is_word() ? bodies_.find(token.text) : bodies_.end();
      const bool is_macro = found != bodies_.end() && within.size() < kDeepest &&
                            std::find(within.begin(), within.end(), token.text) == within.end();
      const bool is_called = at + 1 < tokens.size() && tokens[at + 1].is("(");
      if (!is_macro || (found->second.is_function && !is_called)) {
        out.push_back(token);
        continue;
      }
      Tokens text = found->second.tokens;
      if (found->second.is_function) text = substitute(found->second, arguments(tokens, at));
      for (Token& each : text) each.span = token.span;
      Within deeper = within;
      deeper.push_back(found->first);
      expand(text, out, deeper);
    }
  }

  // `at` moves from the macro's name to the parenthesis that closes its arguments.
  std::vector<Tokens> arguments(const Tokens& tokens, size_t& at) {
    std::vector<Tokens> found(1);
    int depth = 0;
    for (++at; at < tokens.size(); ++at) {
      const Token& token = tokens[at];
      if (token.is(")") && --depth == 0) break;
      if (token.is(",") && depth == 1) {
        found.emplace_back();
      } else if (!(token.is("(") && ++depth == 1)) {
        found.back().push_back(token);
      }
    }
    if (at == tokens.size())
      diags_.add<Id::DefinitionSyntax>(tokens[--at].span, "a macro's arguments end here", "')'");
    return found;
  }

  static Tokens substitute(const Body& macro, const std::vector<Tokens>& arguments) {
    Tokens out;
    for (const Token& token : macro.tokens) {
      const auto found = std::find(macro.parameters.begin(), macro.parameters.end(), token.text);
      const auto number = static_cast<size_t>(found - macro.parameters.begin());
      if (number >= arguments.size())
        out.push_back(token);
      else
        out.insert(out.end(), arguments[number].begin(), arguments[number].end());
    }
    return out;
  }

  Definitions& definitions_;
  Diagnostics& diags_;
  std::map<std::string, Body, std::less<>> bodies_;
  std::vector<Conditional> conditionals_;
  Tokens out_;
  size_t seen_ = 0;  // tokens, also those of macros within macros
  bool is_too_long_ = false;
};

}  // namespace

std::vector<Token> preprocess(const std::vector<Piece>& pieces,
                              const std::vector<std::string_view>& predefined,
                              Definitions& definitions, Diagnostics& diags) {
  Preprocessor preprocessor(definitions, diags);
  for (const std::string_view name : predefined) preprocessor.predefine(name);
  for (const Piece& piece : pieces) preprocessor.take(piece);
  return preprocessor.finish();
}

}  // namespace scry::cdefs
