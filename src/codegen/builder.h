// BpfBuilder: LLVM IR with the kernel's rules built in – helper calls, stack and scratch memory, reads
// through pointers, copies that the BPF back end can lower, divisions that cpu v3 lacks. All verifier idioms
// and all differences between LLVM versions live here.
//
// Values: Int, Enum of n bytes are i(8n); Bool is i1; Pointer and ProbeName are i64. Memory types are handled
// as Memory: an address with a known alignment. Strings in memory are zero after their NUL, always: so keys
// compare right and equality can compare words. (Exception: the records of events.)
#pragma once

#include "codegen/llvm.h"
#include "codegen/module.h"

namespace scry::codegen {

struct Memory {
  llvm::Value* address = nullptr;  // ptr
  uint32_t alignment = 8;          // the verifier wants stack accesses aligned
};

// Helpers' numbers: include/uapi/linux/bpf.h.
enum class Helper : uint32_t {
  MapLookup = 1,
  MapUpdate = 2,
  MapDelete = 3,
  GetCurrentPidTgid = 14,
  GetCurrentComm = 16,
  GetPrandomU32 = 7,
  GetSmpProcessorId = 8,
  GetCurrentUidGid = 15,
  GetNumaNodeId = 42,
  GetCurrentCgroupId = 80,
  Jiffies64 = 118,
  ProbeReadUser = 112,
  ProbeReadKernel = 113,
  ProbeReadUserStr = 114,
  ProbeReadKernelStr = 115,
  GetStack = 67,
  SendSignal = 109,
  SendSignalThread = 117,
  Strncmp = 182,
  KtimeGetNs = 5,
  KtimeGetTaiNs = 208,
  KtimeGetBootNs = 125,
  RingbufReserve = 131,
  RingbufSubmit = 132,
  GetCurrentTaskBtf = 158,
  GetFuncIp = 173,
  GetAttachCookie = 174,
  TaskPtRegs = 175,
  ForEachMapElement = 164,
  Loop = 181,
  MapLookupPercpu = 195,
};

class BpfBuilder : public llvm::IRBuilder<> {
 public:
  // Starts the function of plan program `program`: i64 (ptr ctx). What belongs to no statement, as the
  // prologue, is about `probe` and stands for `place`.
  BpfBuilder(ModuleState& module, uint32_t program, uint32_t probe, Span place);
  // Writes the prologue, once the body's needs are known. Call last.
  void finish();

  ModuleState& module() { return module_; }
  llvm::Value* context();
  // Where every path of the program leaves, releasing what the prologue took.
  llvm::BasicBlock* exit_block() { return f_.exit; }
  llvm::BasicBlock* block(const char* name);

  // What is built from here on belongs to this probe, and stands for this place of the script.
  void set_probe(uint32_t probe) { probe_ = probe; }
  void set_place(Span span);
  Span place() const { return place_; }

  // --- memory
  // `size` bytes for this program run, 8-aligned: on the stack when small, else in the scratch slot.
  // `readable_beyond`: bytes behind it that the verifier must believe are ours too (see fill_tail).
  Memory allocate(uint32_t size, uint32_t readable_beyond = 0);
  // A register-like variable, promoted by LLVM. Zero at the start.
  llvm::AllocaInst* variable(llvm::Type* type);
  // Scratch memory taken after mark() is free again after release(): bodies that follow each other share it.
  uint32_t mark() const { return scratch_used_; }
  void release(uint32_t mark) { scratch_used_ = mark; }
  Memory at(const Memory& memory, uint32_t offset);
  void copy(const Memory& to, const Memory& from, uint32_t size);
  void zero(const Memory& to, uint32_t size);
  // Zeroes [used, size) of a buffer; `used` is an i64 in [0, size]. The buffer must have been allocated with
  // readable_beyond >= size: the verifier does not know that used + (size - used) is size.
  void fill_tail(const Memory& buffer, llvm::Value* used, uint32_t size);
  llvm::Value* load_bits(const Memory& from, uint32_t offset, uint32_t bytes);
  void store_bits(const Memory& to, uint32_t offset, llvm::Value* value);

  // --- helpers
  llvm::Value* call(Helper helper, llvm::ArrayRef<llvm::Value*> arguments, const char* name = "");
  // Reads `size` (i32) bytes at the address (i64); zeros on failure. Gives the helper's result.
  llvm::Value* probe_read(const Memory& to, llvm::Value* size, llvm::Value* address, bool is_user);
  // Counts, in a module that tells of failures, that the helper could not read if its result is negative.
  void count_failed_read(Helper helper, llvm::Value* result);
  // bpf_map_lookup_elem: ptr, null when missing.
  llvm::Value* lookup(uint32_t map, const Memory& key);
  // bpf_map_update_elem; a refusal is counted, unless the element is there already. Gives the result (i64).
  llvm::Value* update(uint32_t map, const Memory& key, const Memory& value, uint64_t flags);
  // Did the update with this result neither put an element nor find one there? (i1)
  llvm::Value* is_refused(llvm::Value* result);
  // Counts, at this place of the script, that something could not be done.
  void count_loss(plan::LossKind kind, uint32_t map = plan::kNone);
  // *place = next(before), in one step however often other programs change the place meanwhile; gives `before`.
  // next(before, leave) may branch to `leave`: then the place stays as it is. Trying in vain is counted.
  llvm::Value* exchange(llvm::Value* place, llvm::Type* width,
                        llvm::function_ref<llvm::Value*(llvm::Value*, llvm::BasicBlock*)> next,
                        uint32_t map);
  // Hides from LLVM what it knows about the value, so that a bounds check on it stays.
  llvm::Value* opaque(llvm::Value* value);

  // --- callbacks: functions of the program that the kernel calls
  // All functions of a program share its frame, words on its stack that each callback is handed: what the first
  // function keeps there, with its type, any callback can load.
  llvm::Value* frame();
  void keep(uint32_t word, llvm::Value* value);
  llvm::Value* kept(uint32_t word, llvm::Type* type);
  static constexpr uint32_t kFreeWord = 2;  // the first that the builder does not use itself
  bool is_in_callback() const { return f_.frame_argument != nullptr; }
  // `size` bytes of the scratch slot by their place there, for all functions of the program.
  uint32_t reserve(uint32_t size);
  Memory reserved(uint32_t offset) { return {scratch_address(offset), 8}; }
  // The stack is divided among functions that call each other. Before anything is allocated.
  void divide_stack(uint32_t depth) { stack_for_buffers_ /= depth; }
  // A function that is being built.
  struct Function {
    llvm::Function* function = nullptr;
    llvm::DISubprogram* debug_scope = nullptr;
    llvm::BasicBlock* entry = nullptr;  // allocas and the prologue
    llvm::BasicBlock* body = nullptr;
    llvm::BasicBlock* exit = nullptr;
    llvm::AllocaInst* scratch = nullptr;  // holds the slot's address once something needs it
    llvm::Value* frame_argument = nullptr;
    uint32_t stack_used = 0;
    llvm::BasicBlock* left_at = nullptr;  // where to go on after a callback
    Span left_place;
  };
  // Starts an i64 function with these parameters and the frame, whose exit block returns 0; gives what was being
  // built.
  Function begin_callback(llvm::ArrayRef<llvm::Type*> parameters);
  // Ends it and goes on with the other one, where that was left; gives the callback.
  llvm::Function* end_callback(const Function& outer);

  // --- arithmetic
  llvm::Value* divide(llvm::Value* left, llvm::Value* right, bool is_signed, bool is_modulo);
  llvm::Value* log2_floor(llvm::Value* value);  // of a non-zero i64

  // --- control flow
  // if (condition) { then(); }; builds at the join afterwards.
  template <typename Then>
  void when(llvm::Value* condition, Then&& then) {
    when(condition, std::forward<Then>(then), [] {});
  }
  template <typename Then, typename Else>
  void when(llvm::Value* condition, Then&& then, Else&& otherwise) {
    llvm::BasicBlock* then_block = block("then");
    llvm::BasicBlock* else_block = block("else");
    llvm::BasicBlock* join = block("join");
    CreateCondBr(condition, then_block, else_block);
    SetInsertPoint(then_block);
    then();
    branch(join);
    SetInsertPoint(else_block);
    otherwise();
    branch(join);
    SetInsertPoint(join);
  }
  // condition ? then() : otherwise(), evaluating one of them.
  template <typename Then, typename Else>
  llvm::Value* choose(llvm::Value* condition, llvm::Type* type, Then&& then, Else&& otherwise) {
    llvm::AllocaInst* result = variable(type);
    when(
        condition, [&] { CreateStore(then(), result); }, [&] { CreateStore(otherwise(), result); });
    return CreateLoad(type, result);
  }
  // for (i = 0; i < count; ++i) body(i); `body` may branch to the block it is given to leave early.
  template <typename Body>
  void loop(uint32_t count, Body&& body) {
    llvm::AllocaInst* index = variable(getInt64Ty());
    CreateStore(getInt64(0), index);
    llvm::BasicBlock* head = block("loop");
    llvm::BasicBlock* inside = block("body");
    llvm::BasicBlock* done = block("done");
    CreateBr(head);
    SetInsertPoint(head);
    llvm::Value* i = CreateLoad(getInt64Ty(), index);
    CreateCondBr(CreateICmpULT(i, getInt64(count)), inside, done);
    SetInsertPoint(inside);
    body(i, done);
    CreateStore(CreateAdd(i, getInt64(1)), index);
    CreateBr(head);
    SetInsertPoint(done);
  }
  // The first i below `count` for which test(i) holds, `otherwise` if there is none.
  template <typename Test>
  llvm::Value* first_where(uint32_t count, int64_t otherwise, Test&& test) {
    llvm::AllocaInst* found = variable(getInt64Ty());
    CreateStore(getInt64(static_cast<uint64_t>(otherwise)), found);
    loop(count, [&](llvm::Value* i, llvm::BasicBlock* leave) {
      llvm::Value* holds = test(i);
      llvm::BasicBlock* here = block("found");
      llvm::BasicBlock* next = block("next");
      CreateCondBr(holds, here, next);
      SetInsertPoint(here);
      CreateStore(i, found);
      CreateBr(leave);
      SetInsertPoint(next);
    });
    return CreateLoad(getInt64Ty(), found);
  }
  // A branch, unless the block has already been left.
  void branch(llvm::BasicBlock* to) {
    if (!GetInsertBlock()->getTerminator()) CreateBr(to);
  }

 private:
  static constexpr uint32_t kSlotWord = 0, kContextWord = 1, kFrameWords = 8;

  void start(llvm::Function* function);
  void need_scratch();
  llvm::Value* scratch_address(uint32_t offset);
  void claim_scratch();
  llvm::Value* is_error(llvm::Value* result, int number);  // of a helper

  ModuleState& module_;
  const uint32_t program_;
  Function f_;
  const uint32_t own_probe_;  // indexes into plan.probes
  const Span own_place_;
  uint32_t probe_;
  Span place_;
  llvm::AllocaInst* frame_ = nullptr;
  // Of the 512 bytes of BPF stack, LLVM wants some for spills.
  uint32_t stack_for_buffers_ = 320;
  uint32_t scratch_used_ = 0;
};

}  // namespace scry::codegen
