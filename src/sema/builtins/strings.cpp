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

Length length_of(Lowering& l, const BuiltinUse& use, uint32_t most) {
  if (use.args.size() < 2) return {};
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
  Length length = length_of(l, use, l.unit().max_string_size());
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

// How many bytes are compared; nullopt after an error.
std::optional<uint32_t> byte_count(Lowering& l, const BuiltinUse& use, size_t index) {
  const ExprPtr count = l.lower(*use.args[index]);
  if (count->type.is_poison()) return {};
  const Span span = use.args[index]->span;
  const auto known = constant(*count);
  if (!known) {
    l.report<Id::LiteralArgument>(span, use.name(), "int", describe(count->type));
    return {};
  }
  if (*known < 0) {
    l.report<Id::NegativeLength>(span, use.name(), static_cast<int64_t>(*known));
    return {};
  }
  return static_cast<uint32_t>(std::min<Wide>(*known, UINT32_MAX));
}

}  // namespace

std::optional<std::string> literal_argument(Lowering& l, const BuiltinUse& use, size_t index) {
  const ast::Expr& arg = *use.args[index];
  if (const auto* text = std::get_if<ast::String>(&l.unit().macros.behind(arg).node))
    return text->value;
  const ExprPtr value = l.lower(arg);
  if (!value->type.is_poison())
    l.report<Id::LiteralArgument>(arg.span, use.name(), "string", describe(value->type));
  return {};
}

// Where the second string, a literal, begins in the first.
ExprPtr strstr(Lowering& l, const BuiltinUse& use) {
  constexpr int kNowhere = -2;
  ExprPtr text = string_argument(l, use, 0);
  ExprPtr wanted = string_argument(l, use, 1);
  if (!text || !wanted) return poison(use.span);
  const auto* literal = std::get_if<hir::StringLiteral>(&wanted->node);
  if (!literal)
    return l.not_supported(use.args[1]->span,
                           fmt::format("{}() of what is no literal", use.name()));
  if (literal->bytes.empty()) return integer_literal(0, use.span);
  if (const auto* known = std::get_if<hir::StringLiteral>(&text->node)) {
    const size_t place = known->bytes.find(literal->bytes);
    return integer_literal(place == std::string::npos ? Wide{kNowhere} : Wide{place}, use.span);
  }
  hir::Call call{lang::BuiltinId::Strstr, {}, {}};
  call.arguments.push_back(std::move(text));
  call.arguments.push_back(std::move(wanted));
  return make(std::move(call), types::int64(), use.span);
}

ExprPtr strcontains(Lowering& l, const BuiltinUse& use) {
  ExprPtr place = strstr(l, use);
  if (place->type.is_poison()) return place;
  if (const auto known = constant(*place)) return bool_literal(*known >= 0, use.span);
  return l.binary(hir::BinaryOp::GreaterEqual, std::move(place), integer_literal(0, use.span),
                  use.span);
}

// buf(pointer or string, length), buf(array[, length])
ExprPtr buf(Lowering& l, const BuiltinUse& use) {
  constexpr uint32_t kLengthWord = 4;  // of the buffer's own, as bpftrace counts it
  ExprPtr source = l.lower_as_string(*use.args[0]);
  if (source->type.is_poison()) return poison(use.span);
  const bool is_array = source->type.is(Kind::Array);
  const bool is_memory = is_array || source->type.is(Kind::String);
  if (!is_memory && !source->type.is(Kind::Pointer) && !source->type.is_integer())
    return l.refuse<Id::AddressArgument>(use.args[0]->span, use.name());
  if (!is_array && use.args.size() < 2)
    return l.refuse<Id::BufLength>(use.span, use.name(), describe(source->type));
  uint32_t most = l.unit().max_string_size();
  most -= std::min(most, kLengthWord);
  if (is_memory) most = std::min(most, source->type.size);
  Length length = length_of(l, use, most);
  if (length.is_wrong) return poison(use.span);
  if (!length.value) length.value = integer_literal(most, use.args.back()->span);
  hir::Call call{use.id, {}, {}};
  if (source->type.is_integer())
    source = convert(to_8_bytes(std::move(source)),
                     types::pointer(types::integer(1, false), l.address_space()));
  call.arguments.push_back(std::move(source));
  call.arguments.push_back(to_8_bytes(std::move(length.value)));
  return make(std::move(call), types::buffer(length.known.value_or(most)), use.span);
}

ExprPtr strlen(Lowering& l, const BuiltinUse& use) {
  ExprPtr text = string_argument(l, use, 0);
  if (!text) return poison(use.span);
  if (const auto* literal = std::get_if<hir::StringLiteral>(&text->node))
    return integer_literal(Wide{literal->bytes.size()}, use.span);
  return make(hir::StringLength{std::move(text)}, types::int64(), use.span);
}

// Of its type, known here.
ExprPtr strcap(Lowering& l, const BuiltinUse& use) {
  const ExprPtr text = string_argument(l, use, 0);
  return text ? integer_literal(Wide{text->type.size}, use.span) : poison(use.span);
}

ExprPtr strncmp(Lowering& l, const BuiltinUse& use) {
  ExprPtr left = string_argument(l, use, 0);
  ExprPtr right = string_argument(l, use, 1);
  const auto count = byte_count(l, use, 2);
  if (!left || !right || !count) return poison(use.span);
  return make(hir::StringsDiffer{std::move(left), std::move(right), *count}, types::int64(),
              use.span);
}

// Of strings and arrays, up to the end of the shorter one.
ExprPtr memcmp(Lowering& l, const BuiltinUse& use) {
  hir::Call call{use.id, {}, {}};
  for (size_t i = 0; i < 2; ++i) {
    ExprPtr bytes = l.lower_as_string(*use.args[i]);
    if (bytes->type.is_poison()) return bytes;
    if (!bytes->type.is(Kind::String) && !bytes->type.is(Kind::Array))
      return l.refuse<Id::StringArgument>(use.args[i]->span, use.name(), describe(bytes->type));
    call.arguments.push_back(std::move(bytes));
  }
  const auto count = byte_count(l, use, 2);
  if (!count) return poison(use.span);
  const uint32_t size = std::min(call.arguments[0]->type.size, call.arguments[1]->type.size);
  call.arguments.push_back(integer_literal(Wide{std::min(*count, size)}, use.span));
  return make(std::move(call), types::int64(), use.span);
}

// As long as both together, unless no string may be that long.
ExprPtr str_concat(Lowering& l, const BuiltinUse& use) {
  ExprPtr first = string_argument(l, use, 0);
  ExprPtr second = string_argument(l, use, 1);
  if (!first || !second) return poison(use.span);
  const uint32_t size =
      std::min(first->type.size + second->type.size - 1, l.unit().max_string_size());
  hir::Call call{use.id, {}, {}};
  call.arguments.push_back(std::move(first));
  call.arguments.push_back(std::move(second));
  return make(std::move(call), types::string(size), use.span);
}

}  // namespace scry::sema::builtins
