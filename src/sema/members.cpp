// Members of the kernel's structs, elements of its arrays, and what is asked of their layout.
#include <fmt/format.h>

#include "base/check.h"
#include "base/strings.h"
#include "sema/kernel_types.h"
#include "sema/lowering.h"

namespace scry::sema {

using kernel::Btf;
using types::Kind;

namespace {

// Loads reach 32 KiB; a kernel whose struct is larger than this one's should not end beyond that.
constexpr uint64_t kNear = 16 << 10;

std::string join_path(const std::string& path, const std::string& member) {
  return path.empty() ? member : path + "." + member;
}

bool is_value(const Type& type) {
  if (type.is(Kind::Array)) return type.count > 0 && type.element->is_scalar();
  return !type.is(Kind::Struct);
}

}  // namespace

ExprPtr Lowering::lower(const ast::Expr& expr) {
  ExprPtr value = lower_place(expr);
  if (is_value(value->type)) return value;
  return not_supported(expr.span, fmt::format("a {} as a value", describe(value->type)));
}

Btf* Lowering::btf(Span span) {
  const auto btf = unit_.facts.btf();
  if (btf) return btf.value();
  report<Id::NoKernelTypes>(span, btf.error().message());
  return nullptr;
}

ExprPtr Lowering::member(ExprPtr base, const std::string& record, const std::string& path,
                         Span span) {
  Btf* const types = btf(span);
  if (!types) return poison(span);
  const auto found = types->place(record, path);
  if (!found) return refuse<Id::UnknownType>(span, "struct " + record);
  const Btf::Place& place = found.value();
  Type type = kernel_type(*types, place.type, base->type.address_space);
  if (type.is_poison()) return not_supported(span, "a member of this type");
  const bool is_near = place.bit_offset / 8 < kNear;
  return make(hir::Member{std::move(base), record, path, place.bit_size != 0, is_near},
              std::move(type), span);
}

ExprPtr Lowering::unknown_member(const std::string& record, uint32_t type, const ast::Name& name,
                                 Span span) {
  auto& d = report<Id::UnknownMember>(span, record, name.text);
  if (const auto near = nearest(name.text, member_names(*btf(span), type)))
    d.hint(fmt::format("did you mean `{}`?", *near));
  return poison(span);
}

ExprPtr Lowering::field_of(ExprPtr object, const ast::Name& name, Span span) {
  std::string record, path;
  ExprPtr base;
  if (object->type.is(Kind::Pointer) && object->type.element->is(Kind::Struct)) {
    record = object->type.element->name;
    base = std::move(object);
  } else if (auto* outer = std::get_if<hir::Member>(&object->node);
             outer && object->type.is(Kind::Struct)) {
    record = outer->record, path = outer->path;
    base = std::move(outer->base);
  } else {
    return refuse<Id::NoField>(name.span, name.text, describe(object->type));
  }
  Btf* const types = btf(span);
  if (!types) return poison(span);
  if (record.empty()) return not_supported(span, "a pointer to a struct without a name");
  const auto whole = types->place(record, path);
  if (!whole) return refuse<Id::UnknownType>(span, "struct " + record);
  const std::string inner = join_path(path, name.text);
  if (!types->place(record, inner)) {
    const std::string_view tag = types->name(types->strip(whole.value().type));
    return unknown_member(tag.empty() ? record : std::string(tag), whole.value().type, name, span);
  }
  return member(std::move(base), record, inner, span);
}

ExprPtr Lowering::element_of(ExprPtr object, ExprPtr index, Span span) {
  auto& array = std::get<hir::Member>(object->node);
  if (!index->type.is_integer())
    return refuse<Id::IndexNotInteger>(index->span, describe(index->type));
  const uint32_t count = object->type.is(Kind::String) ? object->type.size : object->type.count;
  if (const auto known = constant(*index)) {
    if (*known < 0 || (count > 0 && *known >= Wide{count}))
      return refuse<Id::IndexOutOfBounds>(span, static_cast<int64_t>(*known), count);
    const std::string path = fmt::format("{}[{}]", array.path, static_cast<uint64_t>(*known));
    return member(std::move(array.base), array.record, path, span);
  }
  // The first element, as seen from a base that is moved on by so many elements.
  const Type pointer = array.base->type;
  const std::string first = array.path + "[0]";
  ExprPtr size = make(hir::Layout{array.record, first, false}, types::uint64(), span);
  ExprPtr distance =
      binary(hir::BinaryOp::Multiply, to_8_bytes(std::move(index)), std::move(size), span);
  ExprPtr moved =
      make(hir::Binary{hir::BinaryOp::Add, convert(std::move(array.base), types::uint64()),
                       convert(std::move(distance), types::uint64())},
           types::uint64(), span);
  return member(convert(std::move(moved), pointer), array.record, first, span);
}

// The address of a member that is an array.
ExprPtr Lowering::address_of(ExprPtr object, Span span) {
  auto& array = std::get<hir::Member>(object->node);
  SCRY_CHECK(object->type.is(Kind::Array));
  const Type pointer = types::pointer(*object->type.element, array.base->type.address_space);
  ExprPtr offset = make(hir::Layout{array.record, array.path, true}, types::uint64(), span);
  ExprPtr sum =
      make(hir::Binary{hir::BinaryOp::Add, convert(std::move(array.base), types::uint64()),
                       std::move(offset)},
           types::uint64(), span);
  return convert(std::move(sum), pointer);
}

// --- sizeof, offsetof -----------------------------------------------------------------------------

// What `sizeof(x)` is asked of: a type, or an expression, which is not evaluated. A lone name that is no type is one.
std::optional<Lowering::Operand> Lowering::operand(const ast::Expr& expr) {
  const auto* written = std::get_if<ast::TypeOperand>(&expr.node);
  const auto* named = written ? std::get_if<ast::NamedType>(&written->type->node) : nullptr;
  ExprPtr value;
  if (named && lang::find_builtin(named->name))
    value = (*this)(ast::Identifier{named->name}, expr.span);
  else if (!written)
    value = lower_place(expr);
  if (!value) {
    const auto type = resolve_type(*written->type);
    if (!type) return {};
    return Operand{*type, {}, {}};
  }
  if (value->type.is_poison()) return {};
  Operand found{value->type, {}, {}};
  if (const auto* place = std::get_if<hir::Member>(&value->node))
    found.record = place->record, found.path = place->path;
  return found;
}

ExprPtr Lowering::operator()(const ast::Sizeof& e, Span span) {
  const auto of = operand(*e.operand);
  if (!of) return poison(span);
  if (!of->type.is(Kind::Struct)) return integer_literal(of->type.size, span);
  const std::string& record = of->record.empty() ? of->type.name : of->record;
  return make(hir::Layout{record, of->path, false}, types::uint64(), span);
}

ExprPtr Lowering::operator()(const ast::Offsetof& e, Span span) {
  const auto of = operand(*e.operand);
  if (!of) return poison(span);
  if (!of->type.is(Kind::Struct))
    return refuse<Id::NoField>(e.path.front().span, e.path.front().text, describe(of->type));
  const std::string& record = of->record.empty() ? of->type.name : of->record;
  Btf* const types = btf(span);
  if (!types) return poison(span);
  std::string path = of->path;
  for (const ast::Name& name : e.path) {
    const auto whole = types->place(record, path);
    path = join_path(path, name.text);
    const auto inner = types->place(record, path);
    if (!inner) return unknown_member(record, whole ? whole.value().type : 0, name, name.span);
    if (inner.value().bit_size != 0) return refuse<Id::OffsetOfBitField>(name.span, name.text);
  }
  return make(hir::Layout{record, path, true}, types::uint64(), span);
}

}  // namespace scry::sema
