// Addresses of networks: as numbers, as bytes, as text.
#include <arpa/inet.h>

#include <optional>

#include "sema/builtins/hooks.h"

namespace scry::sema::builtins {

using types::Kind;

namespace {

constexpr uint32_t kVersion4Bytes = 4, kVersion6Bytes = 16, kMacBytes = 6;

bool is_bytes(const Type& type) {
  return type.is(Kind::String) || (type.is(Kind::Array) && type.element->size == 1);
}

// ntop()'s address family: a number, or the name from C.
ExprPtr family_argument(Lowering& l, const BuiltinUse& use) {
  const auto* name = std::get_if<ast::Identifier>(&use.args[0]->node);
  if (name && name->name == "AF_INET") return integer_literal(AF_INET, use.span);
  if (name && name->name == "AF_INET6") return integer_literal(AF_INET6, use.span);
  return number_argument(l, use, 0);
}

}  // namespace

// ntop([family,] address): of an array the size tells the family.
ExprPtr ntop(Lowering& l, const BuiltinUse& use) {
  const bool has_family = use.args.size() > 1;
  ExprPtr family = has_family ? family_argument(l, use) : integer_literal(AF_INET, use.span);
  ExprPtr address = l.lower(*use.args.back());
  if (!family || family->type.is_poison() || address->type.is_poison()) return poison(use.span);
  if (is_bytes(address->type)) {
    const uint32_t size = address->type.size;
    if (size != kVersion4Bytes && size != kVersion6Bytes)
      return l.refuse<Id::NtopSize>(use.args.back()->span);
    if (!has_family && size == kVersion6Bytes) family = integer_literal(AF_INET6, use.span);
  } else if (address->type.is_integer()) {
    address = to_8_bytes(std::move(address));
  } else {
    return l.refuse<Id::NtopArgument>(use.args.back()->span, describe(address->type));
  }
  hir::Call call{use.id, {}, {}};
  call.arguments.push_back(to_8_bytes(std::move(family)));
  call.arguments.push_back(std::move(address));
  return make(std::move(call), types::inet(), use.span);
}

// In the order of the network.
ExprPtr pton(Lowering& l, const BuiltinUse& use) {
  const auto text = literal_argument(l, use, 0);
  if (!text) return poison(use.span);
  const bool is_version_6 = text->find(':') != text->npos;
  std::string bytes(is_version_6 ? kVersion6Bytes : kVersion4Bytes, '\0');
  if (::inet_pton(is_version_6 ? AF_INET6 : AF_INET, text->c_str(), bytes.data()) != 1)
    return l.refuse<Id::PtonAddress>(use.args[0]->span, *text);
  const auto count = static_cast<uint32_t>(bytes.size());
  return make(hir::StringLiteral{std::move(bytes)}, types::array(types::integer(1, false), count),
              use.span);
}

ExprPtr macaddr(Lowering& l, const BuiltinUse& use) {
  const Span span = use.args[0]->span;
  ExprPtr source = l.lower(*use.args[0]);
  const Type& type = source->type;
  if (type.is_poison()) return source;
  if (type.is(Kind::String) && std::holds_alternative<hir::StringLiteral>(source->node))
    return l.refuse<Id::MacaddrLiteral>(span);
  if (is_bytes(type)) {
    if (type.size < kMacBytes) return l.refuse<Id::MacaddrSize>(span);
  } else if (type.is_integer()) {
    source = to_8_bytes(std::move(source));
  } else if (!type.is(Kind::Pointer)) {
    return l.refuse<Id::AddressArgument>(span, use.name());
  }
  hir::Call call{use.id, {}, {}};
  call.arguments.push_back(std::move(source));
  return make(std::move(call), types::mac_address(), use.span);
}

}  // namespace scry::sema::builtins
