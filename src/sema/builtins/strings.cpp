// str(): the string at an address, or a string itself; and what is asked of strings.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sema/builtins/hooks.h"

namespace scry::sema::builtins {

using types::Kind;

namespace {

// The second argument: how many bytes are read, the NUL included.
struct Length {
  std::optional<uint32_t> known;
  ExprPtr value;  // null: none given, or no less than strings have
  bool is_wrong = false;
};

Length length_of(Lowering& l, const BuiltinUse& use) {
  if (use.args.size() < 2) return {};
  const uint32_t most = l.unit().max_string_size();
  const Span span = use.args[1]->span;
  Length length;
  length.value = l.lower(*use.args[1]);
  length.is_wrong = true;
  if (length.value->type.is_poison()) return length;
  if (!length.value->type.is_integer()) {
    l.report<Id::IntegerArgument>(span, use.name(), describe(length.value->type));
    return length;
  }
  if (const auto known = constant(*length.value)) {
    if (*known < 0) {
      l.report<Id::NegativeLength>(span, use.name(), static_cast<int64_t>(*known));
      return length;
    }
    if (*known > Wide{most}) l.report<Id::LengthClamped>(span, static_cast<uint64_t>(*known), most);
    length.known = static_cast<uint32_t>(std::min<Wide>(*known, most));
    length.value = *length.known < most ? integer_literal(Wide{*length.known}, span) : nullptr;
  }
  if (length.value) length.value = to_8_bytes(std::move(length.value));
  length.is_wrong = false;
  return length;
}

// str() of what is a string already.
ExprPtr shorten(Lowering& l, const BuiltinUse& use, ExprPtr source, const Length& length) {
  if (length.known && *length.known + 1 >= source->type.size) return source;
  if (!length.known && !length.value) return source;
  const auto* literal = std::get_if<hir::StringLiteral>(&source->node);
  if (literal && length.known)
    return string_literal(literal->bytes.substr(0, *length.known), use.span);
  return l.not_supported(use.span, "str() of a string with a length");
}

}  // namespace

ExprPtr str(Lowering& l, const BuiltinUse& use) {
  ExprPtr source = parameter_as_string(l.lower_place(*use.args[0]));
  // No address: the number as text.
  if (const auto number = source->type.is(Kind::Int) ? constant(*source) : std::nullopt)
    source = string_literal(fmt::to_string(*number), use.args[0]->span);
  const bool is_array = source->type.is(Kind::Array) && source->type.element->size == 1;
  if (is_array && std::holds_alternative<hir::Member>(source->node))
    source = l.address_of(std::move(source), use.span);
  Length length = length_of(l, use);
  if (source->type.is_poison() || length.is_wrong) return poison(use.span);
  if (source->type.is(Kind::String)) return shorten(l, use, std::move(source), length);
  if (source->type.is_integer()) {
    const Type pointer = types::pointer(types::integer(1, true), l.address_space());
    source = convert(to_8_bytes(std::move(source)), pointer);
  }
  if (!source->type.is(Kind::Pointer))
    return l.refuse<Id::NotAStringSource>(use.args[0]->span, describe(source->type));
  const uint32_t most = l.unit().max_string_size();
  const uint32_t size = length.known ? std::min(*length.known + 1, most) : most;
  return make(hir::StringAtPointer{std::move(source), std::move(length.value)}, types::string(size),
              use.span);
}

namespace {

// An argument that is a string; null after an error.
ExprPtr string_argument(Lowering& l, const BuiltinUse& use, size_t index) {
  ExprPtr value = l.lower_as_string(*use.args[index]);
  if (value->type.is_poison()) return nullptr;
  if (value->type.is(Kind::String)) return value;
  l.report<Id::StringArgument>(use.args[index]->span, use.name(), describe(value->type));
  return nullptr;
}

}  // namespace

ExprPtr strlen(Lowering& l, const BuiltinUse& use) {
  ExprPtr text = string_argument(l, use, 0);
  if (!text) return poison(use.span);
  if (const auto* literal = std::get_if<hir::StringLiteral>(&text->node))
    return integer_literal(Wide{literal->bytes.size()}, use.span);
  return make(hir::StringLength{std::move(text)}, types::int64(), use.span);
}

ExprPtr strncmp(Lowering& l, const BuiltinUse& use) {
  ExprPtr left = string_argument(l, use, 0);
  ExprPtr right = string_argument(l, use, 1);
  const ExprPtr count = l.lower(*use.args[2]);
  if (!left || !right || count->type.is_poison()) return poison(use.span);
  const auto known = constant(*count);
  if (!known)
    return l.refuse<Id::LiteralArgument>(use.args[2]->span, use.name(), "int",
                                         describe(count->type));
  if (*known < 0)
    return l.refuse<Id::NegativeLength>(use.args[2]->span, use.name(),
                                        static_cast<int64_t>(*known));
  const auto most = static_cast<uint32_t>(std::min<Wide>(*known, UINT32_MAX));
  return make(hir::StringsDiffer{std::move(left), std::move(right), most}, types::int64(),
              use.span);
}

}  // namespace scry::sema::builtins
