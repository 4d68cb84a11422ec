// Casts, and the types that are written in a script.
#include <fmt/format.h>

#include "base/strings.h"
#include "sema/lowering.h"
#include "sema/type_names.h"

namespace scry::sema {

using types::Kind;

std::optional<Type> Lowering::resolve_type(const ast::Type& type) {
  if (const auto* named = std::get_if<ast::NamedType>(&type.node)) {
    if (auto scalar = scalar_type(named->name)) return scalar;
    if (named->name == "void") return types::none();
    if (is_unfinished_type(named->name)) {
      not_supported(type.span, fmt::format("type `{}`", named->name));
      return {};
    }
    if (unit_.has_foreign_names) return {};
    diag::Diagnostic& d = report<Id::UnknownType>(type.span, named->name);
    if (const auto near = nearest(named->name, scalar_type_names()))
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
    not_supported(type.span, fmt::format("{} `{}`", ast::spelling(tagged->tag), tagged->name.text));
  else
    not_supported(type.span, "this type");
  return {};
}

ExprPtr Lowering::operator()(const ast::Cast& e, Span span) {
  ExprPtr operand = lower(*e.operand);
  const auto resolved = resolve_type(*e.type);
  if (!resolved || operand->type.is_poison()) return poison(span);
  const Type& type = *resolved;
  if (type.is(Kind::String)) return not_supported(span, "a cast to a string");
  if (!type.is_scalar() || !is_truthy(operand->type))
    return refuse<Id::InvalidCast>(span, describe(operand->type), describe(type));
  const bool has_own_type = std::holds_alternative<hir::Builtin>(operand->node) ||
                            std::holds_alternative<hir::TracepointField>(operand->node) ||
                            std::holds_alternative<hir::Cast>(operand->node);
  if (has_own_type && operand->type == type)
    report<Id::UnnecessaryCast>(e.type->span, describe(type));
  operand->span = span;
  // An address from or to something narrower goes by way of 8 bytes.
  if (type.is(Kind::Pointer) && operand->type.is_integer())
    operand = to_8_bytes(std::move(operand));
  if (operand->type.is(Kind::Pointer) && type.is(Kind::Int))
    operand = convert(std::move(operand), types::uint64());
  return convert(std::move(operand), type);
}

}  // namespace scry::sema
