#include "grammar/literals.h"

#include <limits>
#include <optional>

namespace scry::grammar {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int digit_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

// Nanoseconds of a duration's unit; 0 for what is no unit.
uint64_t unit_ns(std::string_view unit) {
  constexpr uint64_t kSecond = 1'000'000'000;
  if (unit == "ns") return 1;
  if (unit == "us") return 1'000;
  if (unit == "ms") return 1'000'000;
  if (unit == "s") return kSecond;
  if (unit == "m") return 60 * kSecond;
  if (unit == "h") return 3600 * kSecond;
  if (unit == "d") return 86400 * kSecond;
  return 0;
}

bool is_c_suffix(std::string_view suffix) {
  for (std::string_view known : {"u", "l", "ll", "ul", "ull", "U", "L", "LL", "UL", "ULL"})
    if (suffix == known) return true;
  return false;
}

// Value = value * factor + more, or false when that leaves 64 bits.
bool accumulate(uint64_t& value, uint64_t factor, uint64_t more) {
  return !__builtin_mul_overflow(value, factor, &value) &&
         !__builtin_add_overflow(value, more, &value);
}

// Reads one integer literal; `at_` is the next byte of it.
class IntegerReader {
 public:
  IntegerReader(std::string_view text, Span span, Diagnostics& diags)
      : text_(text), span_(span), diags_(diags) {}

  ast::Integer read() {
    ast::Integer result;
    result.text = text_;
    const bool is_hex = text_.size() > 1 && text_[0] == '0' && (text_[1] == 'x' || text_[1] == 'X');
    const bool is_octal =
        !is_hex && text_.size() > 1 && text_[0] == '0' && (is_digit(text_[1]) || text_[1] == '_');
    if (is_hex) at_ = 2;
    if (!read_digits(is_hex ? 16 : is_octal ? 8 : 10)) return result;
    if (!is_hex && at_ < text_.size() && text_[at_] == 'e' && !read_exponent()) return result;
    if (!read_suffix(result.is_unsigned)) return result;
    if (has_overflow_) {
      diags_.add<diag::Id::IntegerOverflow>(span_, std::numeric_limits<uint64_t>::max(), text_);
    } else if (result.is_unsigned && is_u_alone_ && value_ > std::numeric_limits<uint32_t>::max()) {
      diags_.add<diag::Id::IntegerOverflow>(span_, uint64_t{std::numeric_limits<uint32_t>::max()},
                                            text_);
    } else {
      result.value = value_;
    }
    return result;
  }

 private:
  Span from(size_t begin, size_t end) const {
    return {span_.begin + static_cast<uint32_t>(begin), span_.begin + static_cast<uint32_t>(end),
            span_.file};
  }

  // Digits and separators in `base`.
  bool read_digits(int base) {
    const size_t begin = at_;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '_') continue;
      const int digit = digit_value(text_[at_]);
      if (digit >= base) break;
      if (!accumulate(value_, static_cast<uint64_t>(base), static_cast<uint64_t>(digit)))
        has_overflow_ = true;
    }
    if (at_ == begin) {
      diags_.add<diag::Id::IntegerInvalid>(span_, text_);
      return false;
    }
    if (at_ < text_.size() && is_digit(text_[at_])) {
      diags_.add<diag::Id::IntegerTrailingBytes>(span_, text_);
      return false;
    }
    if (text_[at_ - 1] == '_') {
      diags_.add<diag::Id::IntegerTrailingUnderscore>(from(at_ - 1, at_));
      return false;
    }
    return true;
  }

  // `MeN`: M is one digit 1..9, N digits.
  bool read_exponent() {
    if (at_ != 1 || value_ == 0) {
      diags_.add<diag::Id::IntegerCoefficient>(span_, text_);
      return false;
    }
    const size_t begin = ++at_;
    uint64_t exponent = 0;
    for (; at_ < text_.size() && is_digit(text_[at_]); ++at_)
      if (exponent < 100) exponent = exponent * 10 + static_cast<uint64_t>(text_[at_] - '0');
    if (at_ == begin) {
      diags_.add<diag::Id::IntegerInvalid>(span_, text_);
      return false;
    }
    for (uint64_t i = 0; i < exponent && !has_overflow_; ++i)
      if (!accumulate(value_, 10, 0)) has_overflow_ = true;
    return true;
  }

  bool read_suffix(bool& is_unsigned) {
    const std::string_view suffix = text_.substr(at_);
    if (suffix.empty()) return true;
    if (const uint64_t unit = unit_ns(suffix)) {
      if (!accumulate(value_, unit, 0)) has_overflow_ = true;
      return true;
    }
    if (!is_c_suffix(suffix)) {
      diags_.add<diag::Id::IntegerSuffix>(from(at_, text_.size()), suffix);
      return false;
    }
    is_unsigned = suffix[0] == 'u' || suffix[0] == 'U';
    is_u_alone_ = suffix.size() == 1;
    return true;
  }

  std::string_view text_;
  Span span_;
  Diagnostics& diags_;
  size_t at_ = 0;
  uint64_t value_ = 0;
  bool has_overflow_ = false;
  bool is_u_alone_ = false;
};

std::optional<char> simple_escape(char c) {
  switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case '"': return '"';
    case '\\': return '\\';
    default: return std::nullopt;
  }
}

}  // namespace

ast::Integer decode_integer(std::string_view text, Span span, Diagnostics& diags) {
  return IntegerReader(text, span, diags).read();
}

std::string decode_string(std::string_view text, Span span, Diagnostics& diags) {
  std::string out;
  out.reserve(text.size());
  const auto place = [&](size_t begin, size_t end) {
    return Span{span.begin + static_cast<uint32_t>(begin), span.begin + static_cast<uint32_t>(end),
                span.file};
  };
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i++];
      continue;
    }
    const size_t begin = i++;
    const char c = text[i];
    if (const auto plain = simple_escape(c)) {
      out += *plain, ++i;
    } else if (c >= '0' && c <= '7') {
      int value = 0;
      const size_t most = i + 3;
      while (i < most && i < text.size() && text[i] >= '0' && text[i] <= '7')
        value = value * 8 + (text[i++] - '0');
      if (value > 255)
        diags.add<diag::Id::StringOctalRange>(place(begin, i), text.substr(begin, i - begin));
      out += static_cast<char>(value);
    } else if (c == 'x' || c == 'X') {
      int value = 0;
      const size_t first = ++i;
      while (i < first + 2 && i < text.size() && digit_value(text[i]) < 16)
        value = value * 16 + digit_value(text[i++]);
      if (i == first) diags.add<diag::Id::StringHexEscape>(place(begin, first));
      out += static_cast<char>(value);
    } else {
      diags.add<diag::Id::StringEscape>(place(begin, begin + 2), c);
      out += c, ++i;
    }
  }
  return out;
}

}  // namespace scry::grammar
