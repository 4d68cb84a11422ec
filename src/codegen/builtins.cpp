// Builtin variables: one case each.
#include "codegen/lower.h"

namespace scry::codegen {

namespace {

// struct pt_regs of x86-64 (arch/x86/include/uapi/asm/ptrace.h): byte offsets.
constexpr uint32_t kArgumentOffsets[] = {112, 104, 96, 88, 72, 64};  // di si dx cx r8 r9
constexpr uint32_t kResultOffset = 80;                               // ax
constexpr uint32_t kPlaceOffset = 128;                               // ip
constexpr uint32_t kSegmentOffset = 136;                             // cs

}  // namespace

llvm::Value* ProbeLowering::lower_builtin(const hir::Builtin& builtin, const Type& type) {
  const auto fit = [&](llvm::Value* bits) { return b_.CreateIntCast(bits, type_of(type), false); };
  const auto of_registers = [&](uint32_t offset) {
    SCRY_CHECK(context_.has_registers_context);
    return fit(b_.load_bits({b_.context(), 8}, offset, 8));
  };
  switch (builtin.id) {
    case lang::BuiltinId::Pid:
      return fit(b_.CreateLShr(b_.call(Helper::GetCurrentPidTgid, {}), 32));
    case lang::BuiltinId::Tid:
      return fit(b_.CreateAnd(b_.call(Helper::GetCurrentPidTgid, {}), b_.getInt64(0xffffffff)));
    case lang::BuiltinId::Uid:
      return fit(b_.CreateAnd(b_.call(Helper::GetCurrentUidGid, {}), b_.getInt64(0xffffffff)));
    case lang::BuiltinId::Gid: return fit(b_.CreateLShr(b_.call(Helper::GetCurrentUidGid, {}), 32));
    case lang::BuiltinId::Cpu: return fit(b_.call(Helper::GetSmpProcessorId, {}));
    case lang::BuiltinId::Numaid: return fit(b_.call(Helper::GetNumaNodeId, {}));
    case lang::BuiltinId::Ncpus: return module_.relocated(plan::RelocationKind::CpuCount);
    case lang::BuiltinId::Rand: return fit(b_.call(Helper::GetPrandomU32, {}));
    case lang::BuiltinId::Cgroup: return fit(b_.call(Helper::GetCurrentCgroupId, {}));
    case lang::BuiltinId::Jiffies: return fit(b_.call(Helper::Jiffies64, {}));
    case lang::BuiltinId::Elapsed:
      return b_.CreateSub(b_.call(Helper::KtimeGetBootNs, {}),
                          module_.relocated(plan::RelocationKind::StartTime));
    case lang::BuiltinId::Cpid: return fit(module_.relocated(plan::RelocationKind::ChildPid));
    case lang::BuiltinId::HasCpid:
      return b_.CreateICmpNE(module_.relocated(plan::RelocationKind::ChildPid), b_.getInt64(0));
    case lang::BuiltinId::Curtask:
      return b_.CreatePtrToInt(b_.call(Helper::GetCurrentTaskBtf, {}), b_.getInt64Ty());
    case lang::BuiltinId::Nsecs: {
      constexpr Helper kClocks[] = {Helper::KtimeGetBootNs, Helper::KtimeGetNs,
                                    Helper::KtimeGetTaiNs};
      return fit(b_.call(kClocks[builtin.number], {}));
    }
    case lang::BuiltinId::Func: return lower_function_address();
    // The privilege level of the code segment.
    case lang::BuiltinId::Usermode: {
      llvm::Value* level =
          b_.CreateAnd(b_.load_bits({b_.context(), 8}, kSegmentOffset, 8), b_.getInt64(3));
      return fit(b_.CreateICmpEQ(level, b_.getInt64(3)));
    }
    case lang::BuiltinId::Retval: return of_registers(kResultOffset);
    case lang::BuiltinId::Arg:
      if (context_.has_raw_arguments)
        return fit(b_.load_bits({b_.context(), 8}, builtin.number * 8, 8));
      if (context_.static_place) return lower_static_argument(builtin.number);
      SCRY_CHECK(builtin.number < std::size(kArgumentOffsets));
      return of_registers(kArgumentOffsets[builtin.number]);
    case lang::BuiltinId::Probe:
      if (context_.name_id) return context_.name_id;
      return module_.relocated(plan::RelocationKind::ProbeNameId, context_.index);
    default: SCRY_CHECK(false);  // sema refuses the others
  }
}

// The helper knows user functions since 6.6, but a uprobe's own place is where the process is. It does not know the
// function of a kprobe inside one; there the breakpoint, of one byte, has been passed.
llvm::Value* ProbeLowering::lower_function_address() {
  const lang::ProbeKind kind = context_.probe->attach_points.front().kind;
  const auto place = [&] { return b_.load_bits({b_.context(), 8}, kPlaceOffset, 8); };
  if (kind == lang::ProbeKind::Uprobe) return place();
  llvm::Value* function = b_.call(Helper::GetFuncIp, {b_.context()});
  if (kind != lang::ProbeKind::Kprobe) return function;
  return b_.CreateSelect(b_.CreateICmpNE(function, b_.getInt64(0)), function,
                         b_.CreateSub(place(), b_.getInt64(1)));
}

// As the place's own description says: the number itself, a register, or memory that registers point to.
llvm::Value* ProbeLowering::lower_static_argument(uint32_t number) {
  using Argument = plan::StaticArgument;
  plan::Probe& probe = module_.plan.probes[context_.index];
  probe.argument_count = std::max(probe.argument_count, number + 1);
  const Memory place{context_.static_place, 8};
  const auto member = [&](size_t offset, uint32_t bytes) {
    const size_t at = offsetof(plan::StaticPlace, arguments) + number * sizeof(Argument) + offset;
    return b_.load_bits(place, static_cast<uint32_t>(at), bytes);
  };
  // The verifier takes no offset into the context that only the run knows; the helper does.
  const auto register_at = [&](size_t offset_member) {
    llvm::Value* offset = member(offset_member, 2);
    const Memory bits = b_.allocate(8);
    b_.zero(bits, 8);
    b_.when(b_.CreateICmpNE(offset, b_.getInt16(plan::kNoRegister)), [&] {
      llvm::Value* address = b_.CreateAdd(b_.CreatePtrToInt(b_.context(), b_.getInt64Ty()),
                                          b_.CreateZExt(offset, b_.getInt64Ty()));
      b_.probe_read(bits, b_.getInt32(8), address, false);
    });
    return b_.load_bits(bits, 0, 8);
  };
  const auto of_memory = [&](llvm::Value* base) {
    llvm::Value* index =
        b_.CreateShl(register_at(offsetof(Argument, index)),
                     b_.CreateZExt(member(offsetof(Argument, scale), 1), b_.getInt64Ty()));
    llvm::Value* address =
        b_.CreateAdd(b_.CreateAdd(base, index), member(offsetof(Argument, value), 8));
    const Memory bits = b_.allocate(8);
    b_.probe_read(bits, b_.getInt32(8), address, true);
    return b_.load_bits(bits, 0, 8);
  };
  llvm::Value* kind = member(offsetof(Argument, kind), 1);
  llvm::Value* bits = b_.choose(
      b_.CreateICmpULE(kind, b_.getInt8(Argument::Constant)), b_.getInt64Ty(),
      [&] { return member(offsetof(Argument, value), 8); },
      [&] {
        llvm::Value* base = register_at(offsetof(Argument, base));
        return b_.choose(
            b_.CreateICmpEQ(kind, b_.getInt8(Argument::Memory)), b_.getInt64Ty(),
            [&] { return of_memory(base); }, [&] { return base; });
      });
  llvm::Value* shift = b_.CreateZExt(member(offsetof(Argument, shift), 1), b_.getInt64Ty());
  bits = b_.CreateShl(bits, shift);
  return b_.CreateSelect(b_.CreateICmpNE(member(offsetof(Argument, is_signed), 1), b_.getInt8(0)),
                         b_.CreateAShr(bits, shift), b_.CreateLShr(bits, shift));
}

llvm::Value* ProbeLowering::lower_tracepoint_field(const hir::TracepointField& field,
                                                   const Type& type) {
  if (context_.registers) return lower_syscall_field(field, type);
  // Volatile: LLVM must neither merge nor move loads whose offsets are placeholders.
  const uint32_t offset = module_.load_placeholder(
      {plan::RelocationKind::TracepointField, 0, context_.index, {}, field.name});
  llvm::Value* place = b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), b_.context(), offset);
  llvm::LoadInst* bits =
      b_.CreateAlignedLoad(b_.getIntNTy(type.size * 8), place, llvm::Align(type.size), true);
  if (type.is(types::Kind::Bool)) return b_.CreateICmpNE(bits, b_.getInt8(0));
  return bits;
}

// Eight bytes each, whatever the type: the verifier wants them read whole.
llvm::Value* ProbeLowering::lower_raw_argument(const hir::RawArgument& argument, const Type& type) {
  const uint32_t offset = module_.load_placeholder(
      {plan::RelocationKind::RawArgument, 0, context_.index, {}, argument.name});
  llvm::Value* place = b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), b_.context(), offset);
  llvm::Value* bits = b_.CreateAlignedLoad(b_.getInt64Ty(), place, llvm::Align(8), true);
  if (!type.is(types::Kind::Bool)) return b_.CreateTrunc(bits, type_of(type));
  return b_.CreateICmpNE(b_.CreateTrunc(bits, b_.getInt8Ty()), b_.getInt8(0));
}

// Kernels differ in where a string stands: in the record, or where a u32 of the record says in its lower half.
llvm::Value* ProbeLowering::read_record_string(const hir::TracepointField& field, const Memory& to,
                                               uint32_t size) {
  const auto relocated = [&](plan::RelocationKind kind) {
    return module_.relocated(kind, context_.index, {}, field.name);
  };
  llvm::Value* record = b_.CreatePtrToInt(b_.context(), b_.getInt64Ty());
  const uint32_t at =
      module_.load_placeholder({plan::RelocationKind::TextLoad, 0, context_.index, {}, field.name});
  llvm::Value* place = b_.CreateAlignedLoad(
      b_.getInt32Ty(), b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), b_.context(), at),
      llvm::Align(4), true);
  llvm::Value* offset = b_.CreateAdd(b_.CreateAnd(b_.CreateZExt(place, b_.getInt64Ty()),
                                                  relocated(plan::RelocationKind::TextMask)),
                                     relocated(plan::RelocationKind::TextOffset));
  llvm::Value* read = b_.call(Helper::ProbeReadKernelStr,
                              {to.address, b_.getInt32(size), b_.CreateAdd(record, offset)});
  return b_.CreateSelect(b_.CreateICmpSLT(read, b_.getInt64(0)), b_.getInt64(0), read);
}

// Where the argument lies in struct pt_regs: the row of the system call says.
llvm::Value* ProbeLowering::argument_offset(const std::string& field) {
  for (const plan::SyscallArgument& argument : context_.row_plan->arguments)
    if (argument.field == field)
      return b_.CreateZExt(b_.load_bits({context_.row, 4}, argument.row_offset, 4),
                           b_.getInt64Ty());
  SCRY_CHECK(false);
}

llvm::Value* ProbeLowering::lower_syscall_field(const hir::TracepointField& field,
                                                const Type& type) {
  const auto fit = [&](llvm::Value* bits) -> llvm::Value* {
    if (type.is(types::Kind::Bool)) return b_.CreateICmpNE(bits, b_.getInt64(0));
    return b_.CreateIntCast(bits, type_of(type), type.is_signed);
  };
  if (field.name == "ret") return fit(context_.result);
  if (field.name == "__syscall_nr") return fit(context_.number);
  if (context_.row) {
    // The system call varies, and with it the register: the verifier wants a helper for such a read.
    llvm::Value* offset = argument_offset(field.name);
    llvm::Value* address =
        b_.CreateAdd(b_.CreatePtrToInt(context_.registers, b_.getInt64Ty()), offset);
    const Memory buffer = b_.allocate(8);
    b_.store_bits(buffer, 0, b_.getInt64(0));
    b_.probe_read(buffer, b_.getInt32(8), address, false);
    return fit(b_.load_bits(buffer, 0, 8));
  }
  const lang::AttachPoint& point = context_.probe->attach_points.front();
  llvm::Value* offset =
      module_.relocated(plan::RelocationKind::SyscallArgument, 0, point.name, field.name);
  return fit(b_.load_bits({b_.CreateGEP(b_.getInt8Ty(), context_.registers, offset), 8}, 0, 8));
}

}  // namespace scry::codegen
