#include "grammar/context.h"

#include "ast/type_names.h"
#include "grammar/parser.h"

namespace scry::grammar {

namespace {

using T = Parser::token;

class ContextMarker {
 public:
  explicit ContextMarker(Tokens& tokens) : tokens_(tokens), list_(tokens.list) {}

  void mark() {
    match_brackets();
    for (size_t i = 0; i < list_.size(); ++i) {
      if (list_[i].kind == T::ParenOpen) {
        if (opens_cast(i))
          list_[i].kind = T::CastOpen;
        else if (takes_type(i))
          mark_operand_type(i + 1);
      }
      if (i > 0 && list_[i - 1].kind == T::Comma) mark_operand_type(i);
      if (i > 0 && list_[i - 1].kind == T::ParenOpen && i > 1 && list_[i - 2].kind == T::Identifier)
        mark_operand_type(i);
      if (list_[i].kind == T::BraceOpen && wants_operand(i)) list_[i].kind = T::BlockOpen;
      if (list_[i].kind == T::If && wants_operand(i)) list_[i].kind = T::IfExpr;
    }
  }

 private:
  int kind(size_t i) const { return i < list_.size() ? list_[i].kind : static_cast<int>(T::End); }

  // closer_[i] is where the bracket opened at i closes; 0 if it does not.
  void match_brackets() {
    closer_.assign(list_.size(), 0);
    std::vector<size_t> open;
    for (size_t i = 0; i < list_.size(); ++i) {
      const int k = list_[i].kind;
      if (k == T::ParenOpen || k == T::BracketOpen) open.push_back(i);
      if (k != T::ParenClose && k != T::BracketClose) continue;
      const int opener = k == T::ParenClose ? T::ParenOpen : T::BracketOpen;
      if (open.empty() || list_[open.back()].kind != opener) continue;
      closer_[open.back()] = i;
      open.pop_back();
    }
  }

  struct TypeEnd {
    size_t next = 0;          // the token after the type; 0: no type here
    bool is_certain = false;  // it can be nothing else: `struct x`, `x*`
    bool is_bare = false;     // a lone name
  };

  // The longest type that starts at i.
  TypeEnd type_at(size_t i) const {
    TypeEnd end;
    if (kind(i) == T::Identifier || kind(i) == T::TypeName) {
      end = {i + 1, false, true};
    } else if (kind(i) == T::Struct || kind(i) == T::Union || kind(i) == T::Enum) {
      if (kind(i + 1) != T::Identifier) return {};
      end = {i + 2, true, false};
    } else if (kind(i) == T::Typeof && kind(i + 1) == T::ParenOpen && closer_[i + 1]) {
      end = {closer_[i + 1] + 1, false, false};
    } else {
      return {};
    }
    for (;; end.is_bare = false) {
      if (kind(end.next) == T::Star) {
        ++end.next;
        end.is_certain = true;
      } else if (kind(end.next) == T::BracketOpen && closer_[end.next]) {
        end.next = closer_[end.next] + 1;
      } else {
        return end;
      }
    }
  }

  bool opens_cast(size_t i) const {
    const int before = i > 0 ? kind(i - 1) : static_cast<int>(T::End);
    if (before == T::Identifier || takes_type(i)) return false;
    if (before == T::Not && i > 1 && kind(i - 2) == T::Identifier) return false;  // greet!()
    const TypeEnd end = type_at(i + 1);
    if (!end.next || kind(end.next) != T::ParenClose) return false;
    if (end.is_certain) return true;
    const bool reads_like_type = kind(i + 1) == T::Typeof || ast::reads_like_type(name(i + 1));
    switch (kind(end.next + 1)) {
      case T::Identifier:
      case T::Scratch:
      case T::Map:
      case T::Integer:
      case T::String:
      case T::Positional:
      case T::PositionalCount:
      case T::True:
      case T::False:
      case T::Sizeof:
      case T::Offsetof:
      case T::Typeof:
      case T::Typeinfo:
      case T::Not:
      case T::Tilde:
      case T::ParenOpen:
        // `if (a) print(1)` lacks a brace; it is no cast of a condition.
        return reads_like_type || (before != T::If && before != T::While);
      case T::Minus:
      case T::Star:
      case T::And:
      case T::Increment:
      case T::Decrement: return reads_like_type;
      default: return false;
    }
  }

  std::string_view name(size_t i) const {
    return kind(i) == T::Identifier ? std::string_view(tokens_.strings[list_[i].value])
                                    : std::string_view();
  }

  // Is the parenthesis at i that of sizeof and its like?
  bool takes_type(size_t i) const {
    if (i == 0) return false;
    const int before = kind(i - 1);
    return before == T::Sizeof || before == T::Offsetof || before == T::Typeof ||
           before == T::TypeofType || before == T::Typeinfo;
  }

  // Marks the type that starts at i, just after `(` or `,`.
  void mark_operand_type(size_t i) {
    const TypeEnd end = type_at(i);
    if (!end.next) return;
    if (kind(end.next) != T::ParenClose && kind(end.next) != T::Comma) return;
    const bool is_sizeof_operand = kind(i - 1) == T::ParenOpen && takes_type(i - 1);
    if (!is_sizeof_operand && !end.is_certain) return;
    if (list_[i].kind == T::Identifier) list_[i].kind = T::TypeName;
    if (list_[i].kind == T::Typeof) list_[i].kind = T::TypeofType;
  }

  // Does an operand have to stand at i, by what is before it?
  bool wants_operand(size_t i) const {
    if (i == 0) return false;
    switch (kind(i - 1)) {
      case T::Assign: return i < 2 || kind(i - 2) != T::Config;
      case T::ParenOpen:
      case T::CastOpen:
      case T::BracketOpen:
      case T::Comma:
      case T::Colon:
      case T::Question:
      case T::DotDot:
      case T::PredicateOpen:
      case T::Return:
      case T::Comptime:
      case T::AddAssign:
      case T::SubtractAssign:
      case T::MultiplyAssign:
      case T::DivideAssign:
      case T::ModuloAssign:
      case T::AndAssign:
      case T::OrAssign:
      case T::XorAssign:
      case T::ShiftLeftAssign:
      case T::ShiftRightAssign:
      case T::OrOr:
      case T::AndAnd:
      case T::Or:
      case T::Xor:
      case T::And:
      case T::Equal:
      case T::NotEqual:
      case T::Less:
      case T::LessEqual:
      case T::Greater:
      case T::GreaterEqual:
      case T::ShiftLeft:
      case T::ShiftRight:
      case T::Plus:
      case T::Minus:
      case T::Star:
      case T::Slash:
      case T::Percent:
      case T::Not:
      case T::Tilde: return true;
      default: return false;
    }
  }

  Tokens& tokens_;
  std::vector<Token>& list_;
  std::vector<size_t> closer_;
};

}  // namespace

void mark_context(Tokens& tokens) { ContextMarker(tokens).mark(); }

}  // namespace scry::grammar
