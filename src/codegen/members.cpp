// Members of structs. Nothing here knows where one of the kernel's lies: offsets, sizes and shifts are relocations, of
// instructions' constants or of the offsets that loads carry. Those that the script defines lie where sema says.
#include "codegen/lower.h"

namespace scry::codegen {

using plan::RelocationKind;
using types::Kind;

bool ProbeLowering::is_trusted(const hir::Expr& pointer) const {
  if (const auto* builtin = std::get_if<hir::Builtin>(&pointer.node))
    return builtin->id == lang::BuiltinId::Curtask;
  // A program that uses such arguments is loaded with their types.
  if (std::holds_alternative<hir::RawArgument>(pointer.node)) return true;
  const auto* member = std::get_if<hir::Member>(&pointer.node);
  return member && is_direct(*member, pointer.type);
}

bool ProbeLowering::is_direct(const hir::Member& member, const Type& type) const {
  return member.is_near && !member.is_bit_field && !member.path.empty() && type.is_scalar() &&
         !is_user_address(member.base->type) && is_trusted(*member.base);
}

bool ProbeLowering::begins_at_argument(const hir::Expr& pointer) {
  if (const auto* member = std::get_if<hir::Member>(&pointer.node))
    return begins_at_argument(*member->base);
  return std::holds_alternative<hir::RawArgument>(pointer.node);
}

llvm::Value* ProbeLowering::lower_member(const hir::Member& member, const Type& type) {
  if (!is_direct(member, type)) return read_member(member, type);
  llvm::Value* base = lower_scalar(*member.base);
  const auto load = [&] { return load_member(base, member, type); };
  if (!begins_at_argument(*member.base)) return load();
  // Some events' arguments may be null; the verifier of Linux 6.13 knows which and wants the question asked. Then
  // what is behind a null argument is null as well, and asked in turn.
  return b_.choose(b_.CreateICmpNE(base, b_.getInt64(0)), type_of(type), load,
                   [&] { return llvm::Constant::getNullValue(type_of(type)); });
}

// Volatile: LLVM must neither merge nor move loads whose offsets are placeholders.
llvm::Value* ProbeLowering::load_member(llvm::Value* base, const hir::Member& member,
                                        const Type& type) {
  const uint32_t kind = type.size | (type.is_signed ? plan::kSignedLoad : 0);
  const uint32_t offset =
      module_.load_placeholder({RelocationKind::MemberLoad, 0, kind, member.record, member.path});
  llvm::Value* place =
      b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), b_.CreateIntToPtr(base, b_.getPtrTy()), offset);
  llvm::Value* bits =
      b_.CreateAlignedLoad(b_.getIntNTy(type.size * 8), place, llvm::Align(type.size), true);
  return type.is(Kind::Bool) ? b_.CreateICmpNE(bits, b_.getInt8(0)) : bits;
}

llvm::Value* ProbeLowering::member_address(const hir::Member& member) {
  llvm::Value* base = lower_scalar(*member.base);
  if (member.path.empty()) return base;
  if (member.fixed) return b_.CreateAdd(base, b_.getInt64(member.fixed->offset));
  return b_.CreateAdd(
      base, module_.relocated(RelocationKind::MemberOffset, 0, member.record, member.path));
}

// As many bytes as it has there, zeros above them; what stands around a bit field is shifted out.
llvm::Value* ProbeLowering::read_member(const hir::Member& member, const Type& type) {
  const auto number = [&](RelocationKind kind, uint32_t hir::FixedPlace::*fixed) -> llvm::Value* {
    if (member.fixed) return b_.getInt64((*member.fixed).*fixed);
    return module_.relocated(kind, member.is_bit_field, member.record, member.path);
  };
  llvm::Value* address = member_address(member);
  const Memory buffer = b_.allocate(8);
  b_.store_bits(buffer, 0, b_.getInt64(0));
  llvm::Value* size =
      b_.CreateTrunc(number(RelocationKind::MemberSize, &hir::FixedPlace::bytes), b_.getInt32Ty());
  b_.probe_read(buffer, size, address, is_user_address(member.base->type));
  llvm::Value* bits = b_.load_bits(buffer, 0, 8);
  if (member.is_bit_field || type.is_signed) {
    bits =
        b_.CreateShl(bits, number(RelocationKind::MemberShiftLeft, &hir::FixedPlace::shift_left));
    llvm::Value* back = number(RelocationKind::MemberShiftRight, &hir::FixedPlace::shift_right);
    bits = type.is_signed ? b_.CreateAShr(bits, back) : b_.CreateLShr(bits, back);
  }
  if (type.is(Kind::Bool)) return b_.CreateICmpNE(bits, b_.getInt64(0));
  return b_.CreateTrunc(bits, type_of(type));
}

llvm::Value* ProbeLowering::read_string_at(const hir::Member& member, const Memory& to,
                                           uint32_t size) {
  return read_text(to, b_.getInt32(size), member_address(member), size,
                   is_user_address(member.base->type));
}

llvm::Value* ProbeLowering::lower_layout(const hir::Layout& layout) {
  return module_.relocated(
      layout.is_offset ? RelocationKind::MemberOffset : RelocationKind::LayoutSize, 0,
      layout.record, layout.path);
}

}  // namespace scry::codegen
