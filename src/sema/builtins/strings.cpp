// str(): the string at an address, or a string itself.
#include <algorithm>

#include "sema/builtins/hooks.h"

namespace scry::sema::builtins {

using types::Kind;

namespace {

// The second argument. `size` is that of the result's type.
struct Length {
  ExprPtr value;  // null: none given, or known and part of `size`
  uint32_t size = 0;
  bool is_wrong = false;
};

Length length_of(Lowering& l, const BuiltinUse& use) {
  const uint32_t most = l.unit().options.max_string_size;
  Length length{nullptr, most, false};
  if (use.args.size() < 2) return length;
  const Span span = use.args[1]->span;
  ExprPtr value = l.lower(*use.args[1]);
  length.is_wrong = true;
  if (value->type.is_poison()) return length;
  if (!value->type.is_integer()) {
    l.report<Id::IntegerArgument>(span, use.name(), describe(value->type));
    return length;
  }
  if (const auto known = constant(*value)) {
    if (*known < 0) {
      l.report<Id::NegativeLength>(span, use.name(), static_cast<int64_t>(*known));
      return length;
    }
    if (*known > Wide{most}) l.report<Id::LengthClamped>(span, static_cast<uint64_t>(*known), most);
    // Up to `known` characters are kept, and the NUL.
    length.size = static_cast<uint32_t>(std::min<Wide>(*known + 1, most));
  }
  length.value = to_8_bytes(std::move(value));
  length.is_wrong = false;
  return length;
}

}  // namespace

ExprPtr str(Lowering& l, const BuiltinUse& use) {
  ExprPtr source = l.lower_as_string(*use.args[0]);
  Length length = length_of(l, use);
  if (source->type.is_poison() || length.is_wrong) return poison(use.span);
  if (source->type.is(Kind::String)) {
    if (length.value && length.size < source->type.size)
      return l.not_supported(use.span, "str() with a length of a string");
    return source;
  }
  if (source->type.is_integer()) {
    const Type pointer = types::pointer(types::integer(1, true), l.address_space());
    source = convert(to_8_bytes(std::move(source)), pointer);
  }
  if (!source->type.is(Kind::Pointer))
    return l.refuse<Id::NotAStringSource>(use.args[0]->span, describe(source->type));
  return make(hir::StringAtPointer{std::move(source), std::move(length.value)}, types::string(length.size),
              use.span);
}

}  // namespace scry::sema::builtins
