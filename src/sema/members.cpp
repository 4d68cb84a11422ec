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

// Pointers that say nothing else lead to where their struct is.
Type in_space(Type type, types::AddressSpace space) {
  if (!type.element) return type;
  type.element = std::make_shared<const Type>(in_space(*type.element, space));
  if (type.is(Kind::Pointer) && type.address_space == types::AddressSpace::None)
    type.address_space = space;
  return type;
}

hir::FixedPlace fixed_place(const cdefs::Definitions::Place& place, uint64_t size) {
  const auto first = static_cast<uint32_t>(place.bit_offset % 8);
  const auto bits = static_cast<uint32_t>(place.bit_size != 0 ? place.bit_size : size * 8);
  return {place.bit_offset / 8, (first + bits + 7) / 8, 64 - first - bits, 64 - bits};
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

bool Lowering::is_known(const std::string& record, Span span) {
  return unit_.definitions.record(record) || btf(span);
}

// The script's own definitions come first.
std::optional<Lowering::MemberPlace> Lowering::find_member(const std::string& record,
                                                           const std::string& path,
                                                           types::AddressSpace space) {
  MemberPlace found;
  if (unit_.definitions.record(record)) {
    const auto place = unit_.definitions.place(record, path);
    if (!place) return {};
    found.type = in_space(place->type, space);
    found.is_bit_field = place->bit_size != 0;
    found.fixed = fixed_place(*place, unit_.definitions.size_of(place->type));
    return found;
  }
  const auto types = unit_.facts.btf();
  if (!types) return {};
  const auto result = types.value()->place(record, path);
  if (!result) return {};
  const Btf::Place& place = result.value();
  found.type = kernel_type(*types.value(), place.type, space);
  found.is_bit_field = place.bit_size != 0;
  found.is_near = place.bit_offset / 8 < kNear;
  found.kernel_type = place.type;
  return found;
}

ExprPtr Lowering::member(ExprPtr base, const std::string& record, const std::string& path,
                         Span span) {
  if (!is_known(record, span)) return poison(span);
  auto found = find_member(record, path, base->type.address_space);
  if (!found) return refuse<Id::UnknownType>(span, "struct " + record);
  const bool is_too_wide = found->fixed && found->is_bit_field && found->fixed->bytes > 8;
  if (found->type.is_poison() || is_too_wide) return not_supported(span, "a member of this type");
  return make(
      hir::Member{std::move(base), record, path, found->is_bit_field, found->is_near, found->fixed},
      std::move(found->type), span);
}

// sizeof or offsetof.
ExprPtr Lowering::layout(const std::string& record, const std::string& path, bool is_offset,
                         Span span) {
  const auto place = unit_.definitions.place(record, path);
  if (place)
    return integer_literal(
        is_offset ? place->bit_offset / 8 : unit_.definitions.size_of(place->type), span);
  return make(hir::Layout{record, path, is_offset}, types::uint64(), span);
}

ExprPtr Lowering::unknown_member(const std::string& record, const MemberPlace& whole,
                                 const ast::Name& name, Span span) {
  const auto names = whole.fixed ? unit_.definitions.member_names(whole.type.name)
                                 : member_names(*btf(span), whole.kernel_type);
  auto& d = report<Id::UnknownMember>(span, record, name.text);
  if (const auto near = nearest(name.text, names)) d.hint(fmt::format("did you mean `{}`?", *near));
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
    // Of a struct within the script's that the script does not define.
    const bool is_foreign = outer->fixed && !unit_.definitions.record(object->type.name);
    if (is_foreign) {
      record = object->type.name;
      base = address_of(std::move(object), span);
    } else {
      record = outer->record, path = outer->path;
      base = std::move(outer->base);
    }
  } else {
    return refuse<Id::NoField>(name.span, name.text, describe(object->type));
  }
  if (!is_known(record, span)) return poison(span);
  if (record.empty()) return not_supported(span, "a pointer to a struct without a name");
  const types::AddressSpace space = base->type.address_space;
  const auto whole = find_member(record, path, space);
  if (!whole) return refuse<Id::UnknownType>(span, "struct " + record);
  const std::string inner = join_path(path, name.text);
  if (!find_member(record, inner, space)) {
    const std::string& tag = whole->type.name;
    return unknown_member(tag.empty() ? record : tag, *whole, name, span);
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
  ExprPtr size = layout(array.record, first, false, span);
  ExprPtr distance =
      binary(hir::BinaryOp::Multiply, to_8_bytes(std::move(index)), std::move(size), span);
  ExprPtr moved =
      make(hir::Binary{hir::BinaryOp::Add, convert(std::move(array.base), types::uint64()),
                       convert(std::move(distance), types::uint64())},
           types::uint64(), span);
  return member(convert(std::move(moved), pointer), array.record, first, span);
}

// The address of a member that is an array, as one of its elements; or of one that is a struct.
ExprPtr Lowering::address_of(ExprPtr object, Span span) {
  auto& array = std::get<hir::Member>(object->node);
  SCRY_CHECK(object->type.is(Kind::Array) || object->type.is(Kind::Struct));
  const Type& target = object->type.is(Kind::Array) ? *object->type.element : object->type;
  const Type pointer = types::pointer(target, array.base->type.address_space);
  ExprPtr offset = convert(layout(array.record, array.path, true, span), types::uint64());
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
  const Type* inner = &of->type;
  while (inner->is(Kind::Array)) inner = inner->element.get();
  if (!inner->is(Kind::Struct)) return integer_literal(of->type.size, span);
  const std::string& record = of->record.empty() ? of->type.name : of->record;
  return layout(record, of->path, false, span);
}

ExprPtr Lowering::operator()(const ast::Offsetof& e, Span span) {
  const auto of = operand(*e.operand);
  if (!of) return poison(span);
  if (!of->type.is(Kind::Struct))
    return refuse<Id::NoField>(e.path.front().span, e.path.front().text, describe(of->type));
  const std::string& record = of->record.empty() ? of->type.name : of->record;
  if (!is_known(record, span)) return poison(span);
  std::string path = of->path;
  for (const ast::Name& name : e.path) {
    const auto whole = find_member(record, path, types::AddressSpace::None);
    path = join_path(path, name.text);
    const auto inner = find_member(record, path, types::AddressSpace::None);
    if (!inner) return unknown_member(record, whole.value_or(MemberPlace{}), name, name.span);
    if (inner->is_bit_field) return refuse<Id::OffsetOfBitField>(name.span, name.text);
  }
  return layout(record, path, true, span);
}

}  // namespace scry::sema
