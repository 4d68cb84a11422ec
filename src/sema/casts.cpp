// Casts, and the types that are written in a script.
#include <fmt/format.h>

#include "base/strings.h"
#include "sema/kernel_types.h"
#include "sema/lowering.h"
#include "sema/type_names.h"
#include "types/scalar_names.h"

namespace scry::sema {

using types::Kind;

std::optional<Type> Lowering::resolve_type(const ast::Type& type) {
  if (const auto* named = std::get_if<ast::NamedType>(&type.node)) {
    if (auto scalar = types::scalar_type(named->name)) return scalar;
    if (named->name == "void") return types::none();
    if (is_unfinished_type(named->name)) {
      not_supported(type.span, fmt::format("type `{}`", named->name));
      return {};
    }
    if (unit_.has_foreign_names) return {};
    if (const auto types = unit_.facts.btf())
      if (const uint32_t alias = types.value()->find(kernel::Btf::Typedef, named->name))
        return kernel_type(*types.value(), alias, address_space());
    diag::Diagnostic& d = report<Id::UnknownType>(type.span, named->name);
    if (const auto near = nearest(named->name, types::scalar_type_names()))
      d.hint(fmt::format("did you mean `{}`?", *near));
    return {};
  }
  if (const auto* pointer = std::get_if<ast::PointerType>(&type.node)) {
    auto target = resolve_type(*pointer->target);
    if (!target) return {};
    return types::pointer(std::move(*target), address_space());
  }
  if (const auto* array = std::get_if<ast::ArrayType>(&type.node)) {
    const auto* base = std::get_if<ast::NamedType>(&array->element->node);
    if (base && base->name == "string" && array->count) {
      const ExprPtr count = lower(*array->count);
      if (count->type.is_poison()) return {};
      const auto size = constant(*count);
      if (size && *size >= 1 && *size <= Wide{unit_.max_string_size()})
        return types::string(static_cast<uint32_t>(*size));
      report<Id::InvalidStringSize>(array->count->span, unit_.max_string_size());
      return {};
    }
  }
  if (const auto* tagged = std::get_if<ast::TaggedType>(&type.node))
    return tagged_type(*tagged, type.span);
  not_supported(type.span, "this type");
  return {};
}

std::optional<Type> Lowering::tagged_type(const ast::TaggedType& tagged, Span span) {
  const cdefs::Definitions& own = unit_.definitions;
  const std::string& name = tagged.name.text;
  if (tagged.tag == ast::Tag::Enum) {
    if (const auto found = own.enums.find(name); found != own.enums.end()) return found->second;
  } else if (own.record(name)) {
    return types::structure(name);
  }
  if (unit_.has_foreign_names) return {};
  kernel::Btf* const types = btf(span);
  if (!types) return {};
  if (tagged.tag == ast::Tag::Enum) {
    if (auto found = find_enum(*types, name)) return found;
  } else if (types->find_record(name)) {
    return types::structure(name);
  }
  const std::string_view tag = ast::spelling(tagged.tag);
  diag::Diagnostic& d = report<Id::UnknownType>(span, fmt::format("{} {}", tag, name));
  std::vector<std::string> names = tag_names(*types);
  for (const auto& each : own.records) names.push_back(each.first);
  for (const auto& each : own.enums) names.push_back(each.first);
  if (const auto near = nearest(name, names))
    d.hint(fmt::format("did you mean `{} {}`?", tag, *near));
  return {};
}

// A literal that becomes an enum must be one of its values.
bool Lowering::check_constant(const hir::Expr& value, const Type& type, Span span) {
  const auto known = constant(value);
  if (unit_.definitions.enums.contains(type.name)) {
    if (!known || unit_.definitions.has_constant(type.name, static_cast<int64_t>(*known)))
      return true;
    report<Id::NoEnumValue>(span, type.name, static_cast<int64_t>(*known));
    return false;
  }
  kernel::Btf* const types = known ? btf(span) : nullptr;
  if (!types || has_constant(*types, type.name, static_cast<int64_t>(*known))) return true;
  report<Id::NoEnumValue>(span, type.name, static_cast<int64_t>(*known));
  return false;
}

ExprPtr Lowering::operator()(const ast::Cast& e, Span span) {
  ExprPtr operand = lower(*e.operand);
  const auto resolved = resolve_type(*e.type);
  if (!resolved || operand->type.is_poison()) return poison(span);
  Type type = *resolved;
  // A pointer that becomes another still leads to where it led.
  if (type.is(Kind::Pointer) && operand->type.is(Kind::Pointer))
    type.address_space = operand->type.address_space;
  if (type.is(Kind::String)) return not_supported(span, "a cast to a string");
  if (!type.is_scalar() || !is_truthy(operand->type))
    return refuse<Id::InvalidCast>(span, describe(operand->type), describe(type));
  const bool has_own_type = std::holds_alternative<hir::Builtin>(operand->node) ||
                            std::holds_alternative<hir::TracepointField>(operand->node) ||
                            std::holds_alternative<hir::Member>(operand->node) ||
                            std::holds_alternative<hir::RawArgument>(operand->node) ||
                            std::holds_alternative<hir::Cast>(operand->node);
  if (has_own_type && operand->type == type)
    report<Id::UnnecessaryCast>(e.type->span, describe(type));
  if (type.is(Kind::Enum) && !check_constant(*operand, type, span)) return poison(span);
  operand->span = span;
  // An address from or to something narrower goes by way of 8 bytes.
  if (type.is(Kind::Pointer) && operand->type.is_integer())
    operand = to_8_bytes(std::move(operand));
  if (operand->type.is(Kind::Pointer) && type.is(Kind::Int))
    operand = convert(std::move(operand), types::uint64());
  return convert(std::move(operand), type);
}

}  // namespace scry::sema
