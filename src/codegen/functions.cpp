// Functions that a program computes where it runs: one case each.
#include "codegen/lower.h"

namespace scry::codegen {

using lang::BuiltinId;

llvm::Value* ProbeLowering::lower_call(const hir::Call& call, const Type& type) {
  const auto argument = [&](size_t i) { return lower_scalar(*call.arguments[i]); };
  switch (call.id) {
    case BuiltinId::Bswap: {
      llvm::Value* value = argument(0);
      if (type.size == 1) return value;
      return b_.CreateUnaryIntrinsic(llvm::Intrinsic::bswap, value);
    }
    case BuiltinId::Kaddr:
      return module_.relocated(plan::RelocationKind::KernelSymbol, 0, {}, call.text);
    case BuiltinId::Cgroupid:
      return module_.relocated(plan::RelocationKind::CgroupId, 0, {}, call.text);
    case BuiltinId::Len: return lower_frame_count(*call.arguments[0]);
    case BuiltinId::Signal:
    case BuiltinId::SignalThread: {
      const bool is_thread = call.id == BuiltinId::SignalThread;
      llvm::Value* number = b_.CreateTrunc(argument(0), b_.getInt32Ty());
      return b_.call(is_thread ? Helper::SendSignalThread : Helper::SendSignal, {number});
    }
    case BuiltinId::Memcmp: return lower_order(call);
    case BuiltinId::Strstr:
      return lower_find(*call.arguments[0],
                        std::get<hir::StringLiteral>(call.arguments[1]->node).bytes);
    default: SCRY_CHECK(false);  // sema makes no others
  }
}

void ProbeLowering::lower_call_into(const hir::Call& call, const Type& type, const Memory& to) {
  switch (call.id) {
    case BuiltinId::StrConcat: return lower_concatenation(call, type, to);
    case BuiltinId::Buf: return lower_buffer(call, type, to);
    case BuiltinId::Ntop:
      b_.zero(to, type.size);
      b_.store_bits(to, 0, b_.CreateTrunc(lower_scalar(*call.arguments[0]), b_.getInt32Ty()));
      if (call.arguments[1]->type.is_memory())
        b_.copy(b_.at(to, 4), lower_memory(*call.arguments[1]), call.arguments[1]->type.size);
      else
        b_.store_bits(to, 4, b_.CreateTrunc(lower_scalar(*call.arguments[1]), b_.getInt32Ty()));
      return;
    case BuiltinId::Macaddr: {
      const hir::Expr& source = *call.arguments[0];
      if (source.type.is_memory()) return b_.copy(to, lower_memory(source), type.size);
      b_.probe_read(to, b_.getInt32(type.size), lower_scalar(source), is_user_address(source.type));
      return;
    }
    default: SCRY_CHECK(false);
  }
}

// The difference of the first bytes that differ, as signed ones; 0 without any.
llvm::Value* ProbeLowering::lower_order(const hir::Call& call) {
  const Memory left = lower_memory(*call.arguments[0]);
  const Memory right = lower_memory(*call.arguments[1]);
  const auto count =
      static_cast<uint32_t>(std::get<hir::IntLiteral>(call.arguments[2]->node).value);
  llvm::AllocaInst* found = b_.variable(b_.getInt64Ty());
  b_.CreateStore(b_.getInt64(0), found);
  b_.loop(count, [&](llvm::Value* i, llvm::BasicBlock* leave) {
    const auto byte = [&](const Memory& bytes) {
      llvm::Value* place = b_.CreateGEP(b_.getInt8Ty(), bytes.address, i);
      return b_.CreateSExt(b_.load_bits({place, 1}, 0, 1), b_.getInt64Ty());
    };
    llvm::Value* difference = b_.CreateSub(byte(left), byte(right));
    b_.CreateStore(difference, found);
    llvm::BasicBlock* next = b_.block("same");
    b_.CreateCondBr(b_.CreateICmpEQ(difference, b_.getInt64(0)), next, leave);
    b_.SetInsertPoint(next);
  });
  return b_.CreateLoad(b_.getInt64Ty(), found);
}

// Both by the helper that copies strings: it tells where the first one ends.
void ProbeLowering::lower_concatenation(const hir::Call& call, const Type& type, const Memory& to) {
  const uint32_t first_size = call.arguments[0]->type.size;
  const uint32_t second_size = call.arguments[1]->type.size;
  const uint32_t mark = b_.mark();
  const Memory whole = b_.allocate(first_size + second_size);
  b_.zero(whole, first_size + second_size);
  const auto put = [&](llvm::Value* place, const hir::Expr& text) {
    llvm::Value* from = b_.CreatePtrToInt(lower_memory(text).address, b_.getInt64Ty());
    return b_.call(Helper::ProbeReadKernelStr, {place, b_.getInt32(text.type.size), from});
  };
  // With the NUL: at least 1.
  llvm::Value* used = put(whole.address, *call.arguments[0]);
  llvm::Value* length = b_.opaque(b_.CreateSub(used, b_.getInt64(1)));
  length =
      b_.CreateSelect(b_.CreateICmpULT(length, b_.getInt64(first_size)), length, b_.getInt64(0));
  put(b_.CreateGEP(b_.getInt8Ty(), whole.address, length), *call.arguments[1]);
  b_.copy(to, whole, type.size);
  b_.release(mark);
}

// Where the bytes of `wanted` first stand in the text; -2 if nowhere, as bpftrace has it.
llvm::Value* ProbeLowering::lower_find(const hir::Expr& text, const std::string& wanted) {
  constexpr int64_t kNowhere = -2;
  const uint32_t size = text.type.size;
  const auto length = static_cast<uint32_t>(wanted.size());
  const uint32_t mark = b_.mark();
  // The helper is told of `length` bytes from each place on, also near the end.
  const Memory copy = b_.allocate(size + length + 1, 1);
  b_.zero(copy, size + length + 1);
  lower_into(text, copy, size);
  std::string bytes = wanted;
  bytes.resize(length + 1);
  llvm::Constant* needle = module_.constant_bytes(bytes);
  llvm::Value* found = b_.first_where(size, kNowhere, [&](llvm::Value* i) {
    llvm::Value* place = b_.CreateGEP(b_.getInt8Ty(), copy.address, i);
    llvm::Value* differs = b_.CreateTrunc(
        b_.call(Helper::Strncmp, {place, b_.getInt32(length), needle}), b_.getInt32Ty());
    return b_.CreateICmpEQ(differs, b_.getInt32(0));
  });
  b_.release(mark);
  return found;
}

// { u32 length; bytes }. What cannot be read is zeros.
void ProbeLowering::lower_buffer(const hir::Call& call, const Type& type, const Memory& to) {
  const hir::Expr& pointer = *call.arguments[0];
  const uint32_t most = type.size - 4;
  llvm::Value* length = b_.opaque(lower_scalar(*call.arguments[1]));
  length = b_.CreateSelect(b_.CreateICmpULT(length, b_.getInt64(most)), length, b_.getInt64(most));
  b_.store_bits(to, 0, b_.CreateTrunc(length, b_.getInt32Ty()));
  const bool is_memory = pointer.type.is_memory();
  llvm::Value* address = is_memory
                             ? b_.CreatePtrToInt(lower_memory(pointer).address, b_.getInt64Ty())
                             : lower_scalar(pointer);
  const bool is_user = !is_memory && is_user_address(pointer.type);
  b_.probe_read(b_.at(to, 4), b_.CreateTrunc(length, b_.getInt32Ty()), address, is_user);
}

// All texts lie one after the other, each in a place of the same size.
void ProbeLowering::lower_text_of(const hir::TextOf& text, const Type& type, const Memory& to) {
  std::string table;
  const auto put = [&](const std::string& one) {
    table += one;
    table.resize((table.size() - one.size()) + type.size);
  };
  for (const std::string& one : text.texts) put(one.empty() ? text.otherwise : one);
  put(text.otherwise);
  llvm::Value* number = b_.opaque(lower_scalar(*text.number));
  llvm::Value* count = b_.getInt64(text.texts.size());
  number = b_.CreateSelect(b_.CreateICmpULT(number, count), number, count);
  llvm::Value* base = b_.CreatePtrToInt(module_.constant_bytes(table), b_.getInt64Ty());
  llvm::Value* address = b_.CreateAdd(base, b_.CreateMul(number, b_.getInt64(type.size)));
  b_.call(Helper::ProbeReadKernel, {to.address, b_.getInt32(type.size), address});
}

}  // namespace scry::codegen
