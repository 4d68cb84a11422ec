#include "cdefs/constant.h"

#include <algorithm>

#include "base/strings.h"

namespace scry::cdefs {

namespace {

constexpr int kDeepest = 64;  // parentheses and signs

struct Operator {
  std::string_view text;
  int strength;
};
constexpr Operator kOperators[] = {{"||", 1}, {"&&", 2}, {"|", 3}, {"^", 4},  {"&", 5},  {"==", 6},
                                   {"!=", 6}, {"<", 7},  {">", 7}, {"<=", 7}, {">=", 7}, {"<<", 8},
                                   {">>", 8}, {"+", 9},  {"-", 9}, {"*", 10}, {"/", 10}, {"%", 10}};
constexpr int kWeakest = 1;

using Value = std::optional<int64_t>;

Value number(std::string_view text) {
  while (!text.empty() && std::string_view("uUlL").find(text.back()) != std::string_view::npos)
    text.remove_suffix(1);
  return parse_integer(text);
}

Value character(std::string_view text) {
  if (text.size() == 3) return static_cast<int64_t>(static_cast<signed char>(text[1]));
  if (text.size() != 4 || text[1] != '\\') return {};
  switch (text[2]) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case '0': return 0;
    case '\\':
    case '\'':
    case '"': return text[2];
    default: return {};
  }
}

Value apply(std::string_view op, int64_t left, int64_t right) {
  const auto wrapped = [](uint64_t value) { return static_cast<int64_t>(value); };
  const auto a = static_cast<uint64_t>(left), b = static_cast<uint64_t>(right);
  if (op == "||") return left || right;
  if (op == "&&") return left && right;
  if (op == "|") return left | right;
  if (op == "^") return left ^ right;
  if (op == "&") return left & right;
  if (op == "==") return left == right;
  if (op == "!=") return left != right;
  if (op == "<") return left < right;
  if (op == ">") return left > right;
  if (op == "<=") return left <= right;
  if (op == ">=") return left >= right;
  if (op == "+") return wrapped(a + b);
  if (op == "-") return wrapped(a - b);
  if (op == "*") return wrapped(a * b);
  if (op == "<<" || op == ">>") {
    if (b > 63) return {};
    return op == "<<" ? wrapped(a << b) : left >> right;
  }
  if (right == 0 || (left == INT64_MIN && right == -1)) return {};
  return op == "/" ? left / right : left % right;
}

class Reader {
 public:
  Reader(const std::vector<Token>& tokens, size_t& at, const NameValue& value_of)
      : tokens_(tokens), at_(at), value_of_(value_of) {}

  // conditional: binary ["?" conditional ":" conditional]
  Value conditional() {
    if (++depth_ > kDeepest) return {};
    const Value condition = binary(kWeakest);
    Value result = condition;
    if (condition && take("?")) {
      const Value if_true = conditional();
      const Value if_false = if_true && take(":") ? conditional() : Value{};
      result = if_false ? (*condition ? if_true : if_false) : Value{};
    }
    --depth_;
    return result;
  }

 private:
  const Token& now() const { return tokens_[at_]; }
  bool take(std::string_view text) {
    if (!now().is(text)) return false;
    ++at_;
    return true;
  }

  Value binary(int weakest) {
    Value left = unary();
    while (left) {
      const auto op = std::find_if(std::begin(kOperators), std::end(kOperators),
                                   [&](const Operator& each) { return now().is(each.text); });
      if (op == std::end(kOperators) || op->strength < weakest) break;
      ++at_;
      const Value right = binary(op->strength + 1);
      left = right ? apply(op->text, *left, *right) : Value{};
    }
    return left;
  }

  Value unary() {
    if (++depth_ > kDeepest) return {};
    Value value;
    if (take("-")) {
      value = unary();
      if (value) value = static_cast<int64_t>(-static_cast<uint64_t>(*value));
    } else if (take("+")) {
      value = unary();
    } else if (take("~")) {
      value = unary();
      if (value) value = ~*value;
    } else if (take("!")) {
      value = unary();
      if (value) value = !*value;
    } else {
      value = primary();
    }
    --depth_;
    return value;
  }

  Value primary() {
    if (take("(")) {
      const Value inner = conditional();
      return inner && take(")") ? inner : Value{};
    }
    const Token& token = now();
    Value value;
    if (token.kind == TokenKind::Number) value = number(token.text);
    if (token.kind == TokenKind::Character) value = character(token.text);
    if (token.kind == TokenKind::Word) value = value_of_(token);
    if (value) ++at_;
    return value;
  }

  const std::vector<Token>& tokens_;
  size_t& at_;
  const NameValue& value_of_;
  int depth_ = 0;
};

}  // namespace

std::optional<int64_t> read_constant(const std::vector<Token>& tokens, size_t& at,
                                     const NameValue& value_of) {
  return Reader(tokens, at, value_of).conditional();
}

}  // namespace scry::cdefs
