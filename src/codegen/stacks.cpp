// Stacks and symbols. A stack's value is the hash of its frames; the frames are kept once under it in the
// Stacks map, where nothing is ever overwritten. Values are small, so they cost little as keys.
#include "codegen/lower.h"

namespace scry::codegen {

using types::Kind;

namespace {

constexpr uint64_t kUserStack =
    256;                          // BPF_F_USER_STACK; the low byte is the number of frames to skip
constexpr uint64_t kNoExist = 1;  // BPF_NOEXIST
constexpr uint64_t kMultiplier = 0x9e3779b97f4a7c15;

// hash = mix(hash ^ word) over the frames, from a start that tells their number. No frames: 0.
llvm::Value* hash_frames(BpfBuilder& b, const Memory& frames, llvm::Value* count, uint32_t most) {
  llvm::AllocaInst* hash = b.variable(b.getInt64Ty());
  b.CreateStore(b.CreateMul(count, b.getInt64(kMultiplier)), hash);
  b.loop(most, [&](llvm::Value* i, llvm::BasicBlock* leave) {
    // Opaque: LLVM must not fold this test with the loop's own, whose bound the verifier needs.
    llvm::BasicBlock* is_frame = b.block("frame");
    b.CreateCondBr(b.CreateICmpULT(b.opaque(i), count), is_frame, leave);
    b.SetInsertPoint(is_frame);
    llvm::Value* place = b.CreateGEP(b.getInt64Ty(), frames.address, i);
    llvm::Value* word = b.CreateAlignedLoad(b.getInt64Ty(), place, llvm::Align(8));
    llvm::Value* mixed = b.CreateXor(b.CreateLoad(b.getInt64Ty(), hash), word);
    mixed = b.CreateMul(mixed, b.getInt64(kMultiplier));
    b.CreateStore(b.CreateXor(mixed, b.CreateLShr(mixed, 32)), hash);
  });
  return b.CreateLoad(b.getInt64Ty(), hash);
}

void store_pid(BpfBuilder& b, const Memory& to, uint32_t offset) {
  b.store_bits(to, offset, b.CreateLShr(b.call(Helper::GetCurrentPidTgid, {}), 32));
}

}  // namespace

void ProbeLowering::lower_stack(const Type& type, const Memory& to) {
  const bool is_user = type.is(Kind::UserStack);
  const uint32_t map = module_.stack_map();
  const Memory entry = b_.allocate(module_.plan.maps[map].value_size);
  const Memory frames = b_.at(entry, 8);
  // 6.1's verifier takes the helper's buffer for one that it reads, so memory on the stack must be written.
  if (llvm::isa<llvm::AllocaInst>(entry.address)) b_.zero(frames, 8 * type.count);
  llvm::Value* flags = is_user ? static_cast<llvm::Value*>(b_.getInt64(kUserStack))
                               : module_.relocated(plan::RelocationKind::OwnFrames);
  llvm::Value* bytes =
      b_.call(Helper::GetStack, {b_.context(), frames.address, b_.getInt32(8 * type.count), flags});
  llvm::Value* is_there = b_.CreateICmpSGT(bytes, b_.getInt64(0));
  llvm::Value* count =
      b_.CreateSelect(is_there, b_.CreateLShr(bytes, b_.getInt64(3)), b_.getInt64(0));
  b_.store_bits(entry, 0, count);
  const Memory hash = b_.allocate(8);
  b_.store_bits(hash, 0, hash_frames(b_, frames, count, type.count));
  b_.when(b_.CreateICmpNE(count, b_.getInt64(0)), [&] {
    b_.when(b_.CreateIsNull(b_.lookup(map, hash)), [&] {
      llvm::Value* result = b_.call(Helper::MapUpdate, {module_.map_fd(map), hash.address,
                                                        entry.address, b_.getInt64(kNoExist)});
      b_.when(b_.is_refused(result), [&] { b_.count_loss(plan::LossKind::Stack); });
    });
  });
  b_.copy(to, hash, 8);
  if (is_user) store_pid(b_, to, 8);
}

llvm::Value* ProbeLowering::lower_frame_count(const hir::Expr& stack) {
  llvm::Value* entry = b_.lookup(module_.stack_map(), lower_memory(stack));
  return b_.choose(
      b_.CreateIsNull(entry), b_.getInt64Ty(), [&] { return b_.getInt64(0); },
      [&] {
        return b_.load_bits({entry, 8}, 0, 8);
      });
}

void ProbeLowering::lower_symbol(const hir::Symbol& symbol, const Type& type, const Memory& to) {
  b_.store_bits(to, 0, lower_scalar(*symbol.address));
  // The others are the number alone.
  if (type.is(Kind::UserSymbol)) store_pid(b_, to, 8);
}

}  // namespace scry::codegen
