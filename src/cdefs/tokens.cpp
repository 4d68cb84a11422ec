#include "cdefs/tokens.h"

#include <algorithm>
#include <cctype>

namespace scry::cdefs {

namespace {

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)); }

constexpr std::string_view kLong[] = {"...", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "##"};

class Scanner {
 public:
  Scanner(std::string_view text, Span start) : text_(text), start_(start) {}

  std::vector<Token> run() {
    std::vector<Token> tokens;
    for (skip_blanks(); at_ < text_.size(); skip_blanks()) {
      const size_t begin = at_;
      const TokenKind kind = take();
      const auto place = [&](size_t at) { return start_.begin + static_cast<uint32_t>(at); };
      tokens.push_back({kind, text_.substr(begin, at_ - begin),
                        Span{place(begin), place(at_), start_.file}, is_first_});
      is_first_ = false;
    }
    return tokens;
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }

  void skip_blanks() {
    while (at_ < text_.size()) {
      if (rest().starts_with("/*")) {
        at_ = std::min(text_.find("*/", at_ + 2), text_.size() - 2) + 2;
      } else if (rest().starts_with("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (rest().starts_with("\\\n")) {
        at_ += 2;
      } else if (std::isspace(static_cast<unsigned char>(text_[at_]))) {
        is_first_ |= text_[at_++] == '\n';
      } else {
        return;
      }
    }
  }

  TokenKind take() {
    const char c = text_[at_];
    if (is_letter(c) || is_digit(c)) {
      while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
      return is_letter(c) ? TokenKind::Word : TokenKind::Number;
    }
    if ((c == '"' || c == '\'') && take_quoted(c))
      return c == '"' ? TokenKind::String : TokenKind::Character;
    for (const std::string_view each : kLong) {
      if (!rest().starts_with(each)) continue;
      at_ += each.size();
      return TokenKind::Punctuation;
    }
    ++at_;
    return TokenKind::Punctuation;
  }

  // False, and nothing taken, when the quote is not closed on its line.
  bool take_quoted(char quote) {
    for (size_t end = at_ + 1; end < text_.size() && text_[end] != '\n'; ++end) {
      if (text_[end] == '\\') {
        ++end;
      } else if (text_[end] == quote) {
        at_ = end + 1;
        return true;
      }
    }
    return false;
  }

  std::string_view text_;
  Span start_;
  size_t at_ = 0;
  bool is_first_ = true;
};

}  // namespace

std::vector<Token> tokenize(std::string_view text, Span start) {
  return Scanner(text, start).run();
}

}  // namespace scry::cdefs
