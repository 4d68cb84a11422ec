#include "codegen/builder.h"

#include "base/bytes.h"

namespace scry::codegen {

namespace {

constexpr uint32_t kLargestOnStack = 128;
// Longer copies go through bpf_probe_read_kernel: one call instead of a run of loads and stores.
constexpr uint32_t kLongestInlineCopy = 128;

// Results that cannot change during one run of a program: LLVM may merge the calls.
bool is_pure(Helper helper) {
  return helper == Helper::TaskPtRegs || helper == Helper::GetCurrentPidTgid ||
         helper == Helper::GetCurrentTaskBtf || helper == Helper::GetAttachCookie ||
         helper == Helper::GetCurrentUidGid || helper == Helper::GetCurrentCgroupId ||
         helper == Helper::GetNumaNodeId || helper == Helper::GetSmpProcessorId;
}

bool returns_pointer(Helper helper) {
  return helper == Helper::MapLookup || helper == Helper::RingbufReserve ||
         helper == Helper::GetCurrentTaskBtf || helper == Helper::TaskPtRegs ||
         helper == Helper::MapLookupPercpu;
}

}  // namespace

BpfBuilder::BpfBuilder(ModuleState& module, uint32_t program, uint32_t probe, Span place)
    : llvm::IRBuilder<>(module.context),
      module_(module),
      program_(program),
      own_probe_(probe),
      own_place_(place),
      probe_(probe) {
  auto* type = llvm::FunctionType::get(getInt64Ty(), {getPtrTy()}, false);
  start(llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage,
                               llvm::Twine("f") + llvm::Twine(program), *module.module));
  set_place(place);
}

void BpfBuilder::start(llvm::Function* function) {
  f_ = {};
  f_.function = function;
  function->setSection(program_section(program_));
  function->addFnAttr("target-cpu", "v3");
  function->addFnAttr(llvm::Attribute::NoUnwind);
  f_.debug_scope = module_.debug_scope(*function);
  f_.entry = block("entry");
  f_.body = block("start");
  f_.exit = block("exit");
  SetInsertPoint(f_.body);
}

void BpfBuilder::set_place(Span span) {
  place_ = span;
  const uint32_t length = span.end - span.begin;
  SetCurrentDebugLocation(
      llvm::DILocation::get(getContext(), span.begin + 1, std::min(length, 1023u), f_.debug_scope));
}

llvm::BasicBlock* BpfBuilder::block(const char* name) {
  return llvm::BasicBlock::Create(getContext(), name, f_.function);
}

void BpfBuilder::finish() {
  set_probe(own_probe_);
  set_place(own_place_);
  branch(f_.exit);
  SetInsertPoint(f_.exit);
  if (f_.scratch) {
    llvm::Value* slot = CreateLoad(getPtrTy(), f_.scratch);
    CreateStore(getInt64(0), slot);
  }
  CreateRet(getInt64(0));
  SetInsertPoint(f_.entry);
  if (f_.scratch) claim_scratch();
  CreateBr(f_.body);
}

// Takes a free slot of this CPU. A program may be nested in, or on newer kernels preempted by, another one
// that uses scratch memory on the same CPU: each claims its own slot. With none free the program does not
// run, which is counted.
void BpfBuilder::claim_scratch() {
  const uint32_t map = module_.scratch_map();
  llvm::Value* cpu = call(Helper::GetSmpProcessorId, {});
  llvm::AllocaInst* index = CreateAlloca(getInt32Ty());
  llvm::Value* first = CreateMul(CreateTrunc(cpu, getInt32Ty()), getInt32(plan::kScratchSlots));
  llvm::BasicBlock* claimed = block("claimed");
  for (uint32_t slot = 0; slot < plan::kScratchSlots; ++slot) {
    CreateStore(CreateAdd(first, getInt32(slot)), index);
    llvm::Value* found = lookup(map, {index, 4});
    llvm::BasicBlock* try_it = block("try");
    llvm::BasicBlock* next = block("next");
    CreateCondBr(CreateIsNotNull(found), try_it, next);
    SetInsertPoint(try_it);
    llvm::Value* before =
        CreateAtomicRMW(llvm::AtomicRMWInst::Xchg, found, getInt64(1), llvm::MaybeAlign(8),
                        llvm::AtomicOrdering::SequentiallyConsistent);
    CreateStore(found, f_.scratch);
    CreateCondBr(CreateICmpEQ(before, getInt64(0)), claimed, next);
    SetInsertPoint(next);
  }
  count_loss(plan::LossKind::Run);
  CreateRet(getInt64(0));
  SetInsertPoint(claimed);
}

void BpfBuilder::need_scratch() {
  if (f_.scratch) return;
  IRBuilder<> at_entry(f_.entry, f_.entry->begin());
  f_.scratch = at_entry.CreateAlloca(getPtrTy(), nullptr, "scratch");
}

llvm::Value* BpfBuilder::scratch_address(uint32_t offset) {
  need_scratch();
  return CreateConstInBoundsGEP1_64(getInt8Ty(), CreateLoad(getPtrTy(), f_.scratch),
                                    plan::kScratchHeader + offset);
}

Memory BpfBuilder::allocate(uint32_t size, uint32_t readable_beyond) {
  size = round_up(std::max(size, 1u));
  if (readable_beyond == 0 && size <= kLargestOnStack &&
      f_.stack_used + size <= stack_for_buffers_) {
    f_.stack_used += size;
    IRBuilder<> at_entry(f_.entry, f_.entry->begin());
    llvm::AllocaInst* buffer =
        at_entry.CreateAlloca(llvm::ArrayType::get(getInt64Ty(), size / 8), nullptr, "buffer");
    buffer->setAlignment(llvm::Align(8));
    return {buffer, 8};
  }
  module_.need_scratch(scratch_used_ + size + readable_beyond);
  return reserved(reserve(size));
}

uint32_t BpfBuilder::reserve(uint32_t size) {
  const uint32_t offset = scratch_used_;
  scratch_used_ += round_up(size);
  module_.need_scratch(scratch_used_);
  return offset;
}

llvm::Value* BpfBuilder::context() {
  return is_in_callback() ? kept(kContextWord, getPtrTy()) : f_.function->getArg(0);
}

llvm::Value* BpfBuilder::frame() {
  if (is_in_callback()) return f_.frame_argument;
  if (!frame_) {
    IRBuilder<> at_entry(f_.entry, f_.entry->begin());
    frame_ =
        at_entry.CreateAlloca(llvm::ArrayType::get(getInt64Ty(), kFrameWords), nullptr, "frame");
    frame_->setAlignment(llvm::Align(8));
  }
  return frame_;
}

void BpfBuilder::keep(uint32_t word, llvm::Value* value) {
  SCRY_CHECK(word < kFrameWords && !is_in_callback());
  CreateStore(value, at({frame(), 8}, 8 * word).address);
}

llvm::Value* BpfBuilder::kept(uint32_t word, llvm::Type* type) {
  return CreateLoad(type, at({frame(), 8}, 8 * word).address);
}

BpfBuilder::Function BpfBuilder::begin_callback(llvm::ArrayRef<llvm::Type*> parameters) {
  if (!is_in_callback()) {
    need_scratch();
    keep(kSlotWord, CreateLoad(getPtrTy(), f_.scratch));
    keep(kContextWord, context());
  }
  std::vector<llvm::Type*> types = parameters.vec();
  types.push_back(getPtrTy());
  // LLVM places functions as they are made: after the program's first one.
  auto* function = llvm::Function::Create(llvm::FunctionType::get(getInt64Ty(), types, false),
                                          llvm::GlobalValue::InternalLinkage,
                                          f_.function->getName() + ".loop", *module_.module);
  f_.left_at = GetInsertBlock();
  f_.left_place = place_;
  const Function outer = f_;
  start(function);
  f_.frame_argument = function->getArg(static_cast<unsigned>(parameters.size()));
  set_place(place_);
  return outer;
}

llvm::Function* BpfBuilder::end_callback(const Function& outer) {
  SetInsertPoint(f_.exit);
  CreateRet(getInt64(0));
  SetInsertPoint(f_.entry);
  if (f_.scratch) CreateStore(kept(kSlotWord, getPtrTy()), f_.scratch);
  CreateBr(f_.body);
  llvm::Function* callback = f_.function;
  f_ = outer;
  SetInsertPoint(outer.left_at);
  set_place(outer.left_place);
  return callback;
}

llvm::AllocaInst* BpfBuilder::variable(llvm::Type* type) {
  IRBuilder<> at_entry(f_.entry, f_.entry->begin());
  llvm::AllocaInst* slot = at_entry.CreateAlloca(type);
  at_entry.SetInsertPoint(f_.entry);
  at_entry.CreateStore(llvm::Constant::getNullValue(type), slot);
  return slot;
}

Memory BpfBuilder::at(const Memory& memory, uint32_t offset) {
  if (offset == 0) return memory;
  uint32_t alignment = memory.alignment;
  while (offset % alignment != 0) alignment /= 2;
  return {CreateConstInBoundsGEP1_64(getInt8Ty(), memory.address, offset), alignment};
}

llvm::Value* BpfBuilder::load_bits(const Memory& from, uint32_t offset, uint32_t bytes) {
  const Memory place = at(from, offset);
  return CreateAlignedLoad(getIntNTy(bytes * 8), place.address,
                           llvm::Align(std::min(place.alignment, bytes)));
}

void BpfBuilder::store_bits(const Memory& to, uint32_t offset, llvm::Value* value) {
  const Memory place = at(to, offset);
  const uint32_t bytes = value->getType()->getIntegerBitWidth() / 8;
  CreateAlignedStore(value, place.address, llvm::Align(std::min(place.alignment, bytes)));
}

void BpfBuilder::copy(const Memory& to, const Memory& from, uint32_t size) {
  if (size > kLongestInlineCopy) {
    call(Helper::ProbeReadKernel, {to.address, getInt32(size), from.address});
    return;
  }
  const uint32_t widest = std::min({8u, to.alignment, from.alignment});
  for (uint32_t done = 0; done < size;) {
    uint32_t step = widest;
    while (step > size - done) step /= 2;
    store_bits(to, done, load_bits(from, done, step));
    done += step;
  }
}

void BpfBuilder::zero(const Memory& to, uint32_t size) {
  if (size > kLongestInlineCopy) {
    // Reading from address 0 fails at once and the helper then zeroes the destination.
    call(Helper::ProbeReadKernel, {to.address, getInt32(size), getInt64(0)});
    return;
  }
  for (uint32_t done = 0; done < size;) {
    uint32_t step = std::min(8u, to.alignment);
    while (step > size - done) step /= 2;
    store_bits(to, done, llvm::ConstantInt::get(getIntNTy(step * 8), 0));
    done += step;
  }
}

void BpfBuilder::fill_tail(const Memory& buffer, llvm::Value* used, uint32_t size) {
  llvm::Value* bounded = opaque(used);
  when(CreateICmpULT(bounded, getInt64(size)), [&] {
    llvm::Value* rest = CreateSub(getInt64(size), bounded);
    llvm::Value* tail = CreateGEP(getInt8Ty(), buffer.address, bounded);
    call(Helper::ProbeReadKernel, {tail, CreateTrunc(rest, getInt32Ty()), getInt64(0)});
  });
}

llvm::Value* BpfBuilder::call(Helper helper, llvm::ArrayRef<llvm::Value*> arguments,
                              const char* name) {
  std::vector<llvm::Type*> types;
  for (llvm::Value* argument : arguments) types.push_back(argument->getType());
  llvm::Type* result =
      returns_pointer(helper) ? static_cast<llvm::Type*>(getPtrTy()) : getInt64Ty();
  auto* type = llvm::FunctionType::get(result, types, false);
  llvm::Value* address =
      llvm::ConstantExpr::getIntToPtr(getInt64(static_cast<uint64_t>(helper)), getPtrTy());
  llvm::CallInst* made = CreateCall(type, address, arguments, name);
  made->setDoesNotThrow();
  if (is_pure(helper)) {
    made->setDoesNotAccessMemory();
    made->addFnAttr(llvm::Attribute::WillReturn);
  }
  return made;
}

llvm::Value* BpfBuilder::probe_read(const Memory& to, llvm::Value* size, llvm::Value* address,
                                    bool is_user) {
  const Helper helper = is_user ? Helper::ProbeReadUser : Helper::ProbeReadKernel;
  llvm::Value* result = call(helper, {to.address, size, address});
  count_failed_read(helper, result);
  return result;
}

void BpfBuilder::count_failed_read(Helper helper, llvm::Value* result) {
  if (!module_.tells_failures) return;
  const auto kind = [&] {
    switch (helper) {
      case Helper::ProbeReadKernel: return plan::LossKind::ReadKernel;
      case Helper::ProbeReadKernelStr: return plan::LossKind::ReadKernelString;
      case Helper::ProbeReadUser: return plan::LossKind::ReadUser;
      case Helper::ProbeReadUserStr: return plan::LossKind::ReadUserString;
      default: SCRY_CHECK(false);
    }
  };
  when(CreateICmpSLT(result, getInt64(0)), [&] { count_loss(kind()); });
}

llvm::Value* BpfBuilder::lookup(uint32_t map, const Memory& key) {
  return call(Helper::MapLookup, {module_.map_fd(map), key.address});
}

// The lower half: older kernels leave the upper one zero.
llvm::Value* BpfBuilder::is_error(llvm::Value* result, int number) {
  return CreateICmpEQ(CreateTrunc(result, getInt32Ty()), getInt32(static_cast<uint32_t>(-number)));
}

llvm::Value* BpfBuilder::is_refused(llvm::Value* result) {
  return CreateNot(CreateOr(is_error(result, 0), is_error(result, EEXIST)));
}

llvm::Value* BpfBuilder::update(uint32_t map, const Memory& key, const Memory& value,
                                uint64_t flags) {
  llvm::Value* result =
      call(Helper::MapUpdate, {module_.map_fd(map), key.address, value.address, getInt64(flags)});
  when(is_refused(result), [&] {
    when(
        is_error(result, E2BIG), [&] { count_loss(plan::LossKind::FullMap, map); },
        [&] { count_loss(plan::LossKind::Update, map); });
  });
  return result;
}

llvm::Value* BpfBuilder::exchange(
    llvm::Value* place, llvm::Type* width,
    llvm::function_ref<llvm::Value*(llvm::Value*, llvm::BasicBlock*)> next, uint32_t map) {
  constexpr uint32_t kMostTries = 32;  // each failure is another program's success
  const llvm::Align alignment(width->getIntegerBitWidth() / 8);
  constexpr auto kOrder = llvm::AtomicOrdering::Monotonic;
  llvm::AllocaInst* seen = variable(width);
  CreateStore(CreateAlignedLoad(width, place, alignment), seen);
  loop(kMostTries, [&](llvm::Value* index, llvm::BasicBlock* leave) {
    llvm::Value* before = CreateLoad(width, seen);
    llvm::Value* result =
        CreateAtomicCmpXchg(place, before, next(before, leave), alignment, kOrder, kOrder);
    llvm::BasicBlock* again = block("again");
    CreateCondBr(CreateExtractValue(result, 1), leave, again);
    SetInsertPoint(again);
    CreateStore(CreateExtractValue(result, 0), seen);
    when(CreateICmpEQ(index, getInt64(kMostTries - 1)),
         [&] { count_loss(plan::LossKind::Update, map); });
  });
  return CreateLoad(width, seen);
}

void BpfBuilder::count_loss(plan::LossKind kind, uint32_t map) {
  llvm::Value* counter = module_.loss_counter({kind, probe_, map, place_});
  CreateAtomicRMW(llvm::AtomicRMWInst::Add, counter, getInt64(1), llvm::MaybeAlign(8),
                  llvm::AtomicOrdering::Monotonic);
}

llvm::Value* BpfBuilder::opaque(llvm::Value* value) {
  // Empty inline assembly: needs no assembler, yet LLVM cannot look through it.
  auto* type = llvm::FunctionType::get(value->getType(), {value->getType()}, false);
  return CreateCall(type, llvm::InlineAsm::get(type, "", "=r,0", true), {value});
}

llvm::Value* BpfBuilder::divide(llvm::Value* left, llvm::Value* right, bool is_signed,
                                bool is_modulo) {
  llvm::Value* is_zero = CreateICmpEQ(right, getInt64(0));
  return choose(
      is_zero, getInt64Ty(),
      [&]() -> llvm::Value* {
        count_loss(plan::LossKind::Division);
        return getInt64(1);
      },
      [&]() -> llvm::Value* {
        if (!is_signed) return is_modulo ? CreateURem(left, right) : CreateUDiv(left, right);
        // cpu v3 divides unsigned only; C's signs are put around it.
        const auto magnitude = [&](llvm::Value* v) {
          return CreateSelect(CreateICmpSLT(v, getInt64(0)), CreateNeg(v), v);
        };
        llvm::Value* a = magnitude(left);
        llvm::Value* b = magnitude(right);
        llvm::Value* result = is_modulo ? CreateURem(a, b) : CreateUDiv(a, b);
        llvm::Value* sign = is_modulo ? left : CreateXor(left, right);
        return CreateSelect(CreateICmpSLT(sign, getInt64(0)), CreateNeg(result), result);
      });
}

llvm::Value* BpfBuilder::log2_floor(llvm::Value* value) {
  llvm::Value* log = getInt64(0);
  for (const uint64_t step : {32, 16, 8, 4, 2, 1}) {
    llvm::Value* is_above = CreateICmpUGT(value, getInt64((uint64_t{1} << step) - 1));
    llvm::Value* shift = CreateSelect(is_above, getInt64(step), getInt64(0));
    value = CreateLShr(value, shift);
    log = CreateOr(log, shift);
  }
  return log;
}

}  // namespace scry::codegen
