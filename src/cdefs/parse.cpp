#include "cdefs/parse.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "cdefs/c_type.h"
#include "cdefs/constant.h"
#include "cdefs/layout.h"
#include "types/scalar_names.h"

namespace scry::cdefs {

using diag::Id;
using types::Kind;

namespace {

constexpr int kDeepest = 64;             // structs in structs, declarators in parentheses
constexpr int64_t kLargest = 1ll << 30;  // array, in bytes

struct Attributes {
  bool is_packed = false;
  uint32_t alignment = 0;  // aligned(N); 0 without
};

struct Declarator {
  Token name;  // End for none
  CType type;
};

class Parser {
 public:
  Parser(std::vector<Token> tokens, const Surroundings& surroundings, Definitions& definitions,
         Diagnostics& diags)
      : tokens_(std::move(tokens)),
        surroundings_(surroundings),
        definitions_(definitions),
        diags_(diags) {}

  void run() {
    while (now().kind != TokenKind::End) {
      const size_t before = at_;
      if (take(";")) continue;
      Attributes ignored;
      if (!specifiers("", ignored)) skip_to_end(before);
    }
  }

 private:
  // --- tokens
  const Token& now() const { return tokens_[at_]; }
  const Token& next() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  bool take(std::string_view text) {
    if (!now().is(text)) return false;
    ++at_;
    return true;
  }
  bool expect(std::string_view text) {
    if (take(text)) return true;
    return wrong(fmt::format("'{}'", text));
  }
  // False, and a message: what stands here is not what is wanted.
  bool wrong(std::string_view wanted) {
    const bool is_end = now().kind == TokenKind::End;
    diags_.add<Id::DefinitionSyntax>(
        now().span, is_end ? "unexpected end" : fmt::format("unexpected '{}'", now().text), wanted);
    return false;
  }
  // After an error: behind the brace that closes what began at `from`.
  void skip_to_end(size_t from) {
    int depth = 0;
    bool was_inside = false;
    for (at_ = from; now().kind != TokenKind::End; ++at_) {
      if (now().is("{")) ++depth, was_inside = true;
      if (now().is("}")) --depth;
      if (was_inside && depth <= 0) break;
    }
    if (now().kind != TokenKind::End) ++at_;
  }
  void skip_parentheses() {
    int depth = 0;
    do {
      if (now().is("(")) ++depth;
      if (now().is(")")) --depth;
      ++at_;
    } while (depth > 0 && now().kind != TokenKind::End);
  }

  std::optional<int64_t> constant() {
    const Token first = now();
    const auto value =
        read_constant(tokens_, at_, [&](const Token& name) -> std::optional<int64_t> {
          if (const Constant* known = definitions_.constant(name.text)) return known->value;
          return {};
        });
    if (!value) diags_.add<Id::NotConstant>(cover(first.span, now().span));
    return value;
  }

  // attributes: ("__attribute__" "((" … "))")*
  void attributes(Attributes& found) {
    while (now().is("__attribute__") || now().is("__packed")) {
      found.is_packed |= now().is("__packed");
      if (++at_; !now().is("(")) continue;
      const size_t begin = at_;
      skip_parentheses();
      const size_t end = at_;
      for (size_t i = begin; i < end; ++i) {
        const std::string_view word = tokens_[i].text;
        found.is_packed |= word == "packed" || word == "__packed__";
        if (word != "aligned" && word != "__aligned__") continue;
        found.alignment = 16;
        if (!tokens_[i + 1].is("(")) continue;
        at_ = i + 2;
        const auto value = constant();
        const bool is_power = value && *value > 0 && *value <= 4096 && (*value & (*value - 1)) == 0;
        if (value && !is_power) diags_.add<Id::NotConstant>(tokens_[i + 2].span);
        if (is_power) found.alignment = static_cast<uint32_t>(*value);
        at_ = end;
      }
    }
  }

  // --- types

  // specifiers: (qualifier | integer word | record | enum | name)+; `owner` names what the types stand in.
  std::optional<CType> specifiers(const std::string& owner, Attributes& extra) {
    std::optional<CType> found;
    std::vector<std::string_view> words;
    Span span = now().span;
    for (; now().is_word();) {
      const std::string_view word = now().text;
      if (is_qualifier(word)) {
        ++at_;
      } else if (word == "__attribute__") {
        attributes(extra);
      } else if (!found && words.empty() &&
                 (word == "struct" || word == "union" || word == "enum")) {
        found = word == "enum" ? enumeration() : record(owner);
        if (!found) return {};
      } else if (!found && is_integer_word(word)) {
        span = cover(span, now().span);
        words.push_back(word);
        ++at_;
      } else if (!found && words.empty()) {
        found = named(now());
        if (!found) return {};
        ++at_;
      } else {
        break;
      }
    }
    if (found) return found;
    if (!words.empty()) return integer(words, span);
    wrong("a type");
    return {};
  }

  bool is_qualifier(std::string_view word) {
    is_user_ |= word == "__user";
    constexpr std::string_view kWords[] = {"const",        "volatile",     "restrict", "__restrict",
                                           "__user",       "__kernel",     "__rcu",    "__percpu",
                                           "__iomem",      "static",       "extern",   "__const",
                                           "__volatile__", "__extension__"};
    return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
  }

  static bool is_integer_word(std::string_view word) {
    constexpr std::string_view kWords[] = {"signed",   "unsigned",  "short", "long",
                                           "int",      "char",      "float", "double",
                                           "__int128", "__signed__"};
    return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
  }

  // In any order: "long unsigned int".
  std::optional<CType> integer(const std::vector<std::string_view>& words, Span span) {
    const auto count = [&](std::string_view word) {
      return std::count(words.begin(), words.end(), word);
    };
    std::string text;
    for (const std::string_view word : words) text += (text.empty() ? "" : " ") + std::string(word);
    const bool is_signed = count("unsigned") == 0;
    if (count("float")) return opaque(4, text);
    if (count("double")) return opaque(count("long") ? 16 : 8, text);
    if (count("__int128")) return opaque(16, text);
    if (count("long") > 2 || count("short") + count("char") > 1) {
      diags_.add<Id::UnknownCType>(span, text);
      return {};
    }
    const uint32_t size = count("char") ? 1 : count("short") ? 2 : count("long") ? 8 : 4;
    return of(types::integer(size, is_signed));
  }

  std::optional<CType> named(const Token& name) {
    if (name.is("void")) return CType{types::none(), 0, 1, false, "void"};
    if (name.is("_Bool")) return of(types::boolean());
    if (auto scalar = types::scalar_type(name.text)) return of(std::move(*scalar));
    if (auto foreign = find_foreign("", name.text)) return foreign;
    auto& d = diags_.add<Id::UnknownCType>(name.span, name.text);
    if (definitions_.records.contains(name.text))
      d.hint(fmt::format("did you mean `struct {}`?", name.text));
    else if (const auto near = nearest(name.text, types::scalar_type_names()))
      d.hint(fmt::format("did you mean `{}`?", *near));
    return {};
  }

  std::optional<CType> find_foreign(std::string_view tag, std::string_view name) {
    auto found = surroundings_.find ? surroundings_.find(tag, name) : std::nullopt;
    if (!found) return {};
    const std::string text = std::string(tag) + (tag.empty() ? "" : " ") + std::string(name);
    return CType{std::move(found->type), found->size, found->alignment, found->size > 0, text};
  }

  // The type, with its size where the script does not define it.
  bool complete(CType& type, Span span) {
    if (type.is_complete) return true;
    if (type.type.is(Kind::Struct))
      if (auto foreign = find_foreign("struct", type.type.name)) type = std::move(*foreign);
    if (type.is_complete) return true;
    diags_.add<Id::IncompleteType>(span, type.text);
    return false;
  }

  // record: ("struct" | "union") attributes [name] ["{" member* "}" attributes]
  std::optional<CType> record(const std::string& owner) {
    const bool is_union = now().is("union");
    ++at_;
    Attributes own;
    attributes(own);
    const Token name = now();
    if (name.is_word()) ++at_;
    if (!now().is("{")) {
      if (!name.is_word()) return wrong("a name or '{'"), std::nullopt;
      return known_record(name, is_union);
    }
    Record made;
    made.is_union = is_union;
    made.name = name.is_word() ? std::string(name.text) : fmt::format("{}::{}", owner, ++unnamed_);
    const bool is_new = !definitions_.records.contains(made.name);
    if (!is_new) diags_.add<Id::Redefinition>(name.span, made.name);
    if (++depth_ > kDeepest) {
      diags_.add<Id::TooDeep>(now().span, kDeepest);
      return {};
    }
    if (!members(made, own)) return {};
    --depth_;
    is_user_ = false;
    CType type = type_of(made);
    if (is_new) definitions_.records.emplace(made.name, std::move(made));
    return type;
  }

  static CType type_of(const Record& record) {
    return {types::structure(record.name), record.size, record.alignment, true,
            (record.is_union ? "union " : "struct ") + record.name};
  }

  std::optional<CType> known_record(const Token& name, bool is_union) {
    if (const Record* known = definitions_.record(name.text)) return type_of(*known);
    const std::string text = (is_union ? "union " : "struct ") + std::string(name.text);
    return CType{types::structure(std::string(name.text)), 0, 1, false, text};
  }

  // Members are laid out when all attributes are known: `packed` may stand behind the brace.
  struct Pending {
    Member member;
    Token name;
    uint64_t size = 0;
    uint32_t alignment = 1;
    std::optional<uint32_t> bits;
  };

  bool members(Record& record, Attributes& own) {
    std::vector<Pending> pending;
    ++at_;  // the brace
    while (!take("}"))
      if (now().kind == TokenKind::End ? !wrong("'}'") : !member(record, pending)) return false;
    attributes(own);
    lay_out(record, own, pending);
    return true;
  }

  void lay_out(Record& record, const Attributes& own, std::vector<Pending>& pending) {
    Layout layout(record, own.is_packed);
    for (Pending& each : pending) {
      Member& member = each.member;
      if (each.bits) {
        member.bit_offset = layout.place_bits(each.size, *each.bits, !member.name.empty());
        member.bit_size = *each.bits;
        if (member.name.empty()) continue;
      } else {
        member.bit_offset = layout.place(each.size, each.alignment);
      }
      const bool is_second = std::any_of(
          record.members.begin(), record.members.end(),
          [&](const Member& other) { return !member.name.empty() && other.name == member.name; });
      if (is_second) diags_.add<Id::DuplicateMember>(each.name.span, member.name);
      record.members.push_back(std::move(member));
    }
    if (own.alignment) layout.raise_alignment(own.alignment);
    layout.finish();
  }

  // member: specifiers [declarator [":" width] ("," declarator [":" width])*] ";"
  bool member(const Record& record, std::vector<Pending>& pending) {
    if (take(";")) return true;
    Attributes extra;
    is_user_ = false;
    const Token first = now();
    const auto base = specifiers(record.name, extra);
    if (!base) return false;
    if (now().is(";")) {
      const bool is_unnamed =
          base->type.is(Kind::Struct) && base->type.name.find(':') != std::string::npos;
      if (is_unnamed) pending.push_back({{"", base->type}, first, base->size, base->alignment, {}});
      ++at_;
      return true;
    }
    do {
      auto found = declarator(*base);
      if (!found) return false;
      if (!member_of(std::move(*found), first, extra, pending)) return false;
    } while (take(","));
    return expect(";");
  }

  bool member_of(Declarator found, const Token& first, Attributes extra,
                 std::vector<Pending>& pending) {
    const Span span = found.name.is_word() ? found.name.span : first.span;
    Pending made;
    if (take(":")) {
      const Span width_span = now().span;
      const auto width = constant();
      if (!width) return false;
      const auto most =
          static_cast<int64_t>(found.type.type.is(Kind::Bool) ? 1 : found.type.size * 8);
      if (!found.type.type.is_integer() || *width < 0 || *width > most) {
        diags_.add<Id::BitFieldWidth>(width_span, *width, found.type.text);
        return false;
      }
      made.bits = static_cast<uint32_t>(*width);
    } else if (!found.name.is_word()) {
      return wrong("a name");
    }
    attributes(extra);
    if (!complete(found.type, span)) return false;
    made.size = found.type.size;
    made.alignment = std::max(found.type.alignment, extra.alignment);
    made.name = found.name;
    made.member = {std::string(found.name.text), std::move(found.type.type)};
    pending.push_back(std::move(made));
    return true;
  }

  // --- declarators

  // declarator: ("*" qualifier*)* (name | "(" declarator ")")? ("[" [constant] "]" | "(" … ")")*
  // What is a pointer to a function or an array is a pointer to nothing that can be read.
  std::optional<Declarator> declarator(const CType& base) {
    Declarator found{{}, base};
    pointers(found.type);
    if (take("(")) {
      found.type = pointer_to(types::none(), false);
      if (!now().is("*")) return wrong("'*'"), std::nullopt;
      CType ignored = found.type;
      pointers(ignored);
      if (now().is_word()) found.name = tokens_[at_++];
      auto inner = suffixes(found.type);
      if (!inner || !expect(")")) return {};
      found.type = std::move(*inner);
      CType element = of(types::uint64());
      return suffixes(element) ? std::optional(std::move(found)) : std::nullopt;
    }
    if (now().is_word()) found.name = tokens_[at_++];
    if (found.name.is_word() && now().is("(")) return wrong("';'"), std::nullopt;
    auto whole = suffixes(found.type);
    if (!whole) return {};
    found.type = std::move(*whole);
    return found;
  }

  void pointers(CType& type) {
    while (true) {
      if (now().is_word() && is_qualifier(now().text)) {
        ++at_;
      } else if (take("*")) {
        Type target = type.type.is_poison() ? types::none() : std::move(type.type);
        type = pointer_to(std::move(target), is_user_);
      } else {
        return;
      }
    }
  }

  std::optional<CType> suffixes(CType type) {
    std::vector<int64_t> counts;
    const Span span = now().span;
    while (now().is("[") || now().is("(")) {
      if (now().is("(")) {
        skip_parentheses();
        continue;
      }
      ++at_;
      int64_t count = 0;
      if (!now().is("]")) {
        const Span at = now().span;
        const auto known = constant();
        if (!known) return {};
        count = *known;
        if (count < 0 || count > kLargest)
          return diags_.add<Id::ArraySize>(at, count), std::nullopt;
      }
      if (!expect("]")) return {};
      counts.push_back(count);
    }
    if (counts.empty()) return type;
    if (!complete(type, span)) return {};
    uint64_t bytes = std::max<uint64_t>(type.size, 1);
    for (auto count = counts.rbegin(); count != counts.rend(); ++count) {
      bytes *= static_cast<uint64_t>(std::max<int64_t>(*count, 1));
      if (bytes > static_cast<uint64_t>(kLargest))
        return diags_.add<Id::ArraySize>(span, *count), std::nullopt;
      type = array_of(type, *count);
    }
    return type;
  }

  // --- enums

  // enum: "enum" attributes [name] ["{" name ["=" constant] ("," …)* [","] "}" attributes]
  std::optional<CType> enumeration() {
    ++at_;
    Attributes own;
    attributes(own);
    const Token name = now();
    if (name.is_word()) ++at_;
    if (!take("{")) {
      if (!name.is_word()) return wrong("a name or '{'"), std::nullopt;
      const auto known = definitions_.enums.find(name.text);
      if (known != definitions_.enums.end()) return of(known->second);
      if (auto foreign = find_foreign("enum", name.text)) return foreign;
      return CType{types::integer(4, false), 4, 4, false, "enum " + std::string(name.text)};
    }
    if (name.is_word() && definitions_.enums.contains(name.text))
      diags_.add<Id::Redefinition>(name.span, name.text);
    std::vector<std::pair<Token, int64_t>> values;
    if (!constants(values)) return {};
    attributes(own);
    Type type = enum_integer(values, own.is_packed);
    if (name.is_word()) {
      type.kind = Kind::Enum;
      type.name = name.text;
      definitions_.enums.emplace(type.name, type);
    }
    for (const auto& [constant, value] : values)
      definitions_.constants[std::string(constant.text)] = {type, value};
    return of(type);
  }

  // The integer that holds all values: an int where one will do, the smallest if packed.
  static Type enum_integer(const std::vector<std::pair<Token, int64_t>>& values, bool is_packed) {
    int64_t least = 0, most = 0;
    for (const auto& each : values)
      least = std::min(least, each.second), most = std::max(most, each.second);
    const bool is_signed = least < 0;
    uint32_t size = is_packed ? 1 : 4;
    for (; size < 8; size *= 2) {
      const int64_t end = int64_t{1} << (size * 8 - is_signed);
      if (most < end && least >= -end) break;
    }
    return types::integer(size, is_signed);
  }

  bool constants(std::vector<std::pair<Token, int64_t>>& values) {
    uint64_t following = 0;
    while (!take("}")) {
      if (!now().is_word()) return wrong("a name or '}'");
      const Token name = now();
      ++at_;
      if (take("=")) {
        const auto value = constant();
        if (!value) return false;
        following = static_cast<uint64_t>(*value);
      }
      if (definitions_.constants.contains(name.text))
        diags_.add<Id::Redefinition>(name.span, name.text);
      values.emplace_back(name, static_cast<int64_t>(following));
      // Those that follow may be made of it.
      definitions_.constants[std::string(name.text)] = {types::int64(), values.back().second};
      ++following;
      if (!now().is("}") && !expect(",")) return false;
    }
    return true;
  }

  std::vector<Token> tokens_;
  const Surroundings& surroundings_;
  Definitions& definitions_;
  Diagnostics& diags_;
  size_t at_ = 0;
  int depth_ = 0;
  int unnamed_ = 0;
  bool is_user_ = false;  // `__user` was among the qualifiers of this member
};

}  // namespace

Definitions parse(const std::vector<Piece>& pieces, const Surroundings& surroundings,
                  Diagnostics& diags) {
  Definitions definitions;
  const size_t before = diags.error_count();
  Parser(preprocess(pieces, surroundings.macros, definitions, diags), surroundings, definitions,
         diags)
      .run();
  definitions.is_incomplete = diags.error_count() > before;
  return definitions;
}

}  // namespace scry::cdefs
