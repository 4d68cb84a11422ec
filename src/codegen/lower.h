// ProbeLowering: one hir::Probe's body, statement by statement, into a program that BpfBuilder is writing.
// What a program is given (registers, system-call number, …) comes in through ProbeContext, so that bodies
// do not know how they were reached.
#pragma once

#include <vector>

#include "codegen/builder.h"

namespace scry::codegen {

// How a body gets at what its attach point provides.
struct ProbeContext {
  const hir::Probe* probe = nullptr;
  uint32_t index = 0;  // of the probe in plan.probes
  // System calls: struct pt_regs of the task (BTF pointer), the number or result, the probe's name id, the
  // Dispatch row and what it holds for the probe (null: offsets of arguments are relocations).
  llvm::Value* registers = nullptr;
  llvm::Value* number = nullptr;
  llvm::Value* result = nullptr;
  llvm::Value* name_id = nullptr;
  llvm::Value* row = nullptr;
  const plan::SyscallProbe* row_plan = nullptr;
  // Functions: struct pt_regs is the context itself.
  bool has_registers_context = false;
  llvm::Value* static_place = nullptr;  // Usdt: address of the plan::StaticPlace
  bool reads_user_memory = false;       // where a bare address points
  // Raw tracepoints: the context is the arguments, 8 bytes each.
  bool has_raw_arguments = false;
};

class ProbeLowering {
 public:
  ProbeLowering(BpfBuilder& builder, ProbeContext context);

  // The whole body; afterwards the builder stands where every path of it has ended.
  void lower_body();

 private:
  // --- builtins.cpp
  llvm::Value* lower_static_argument(uint32_t number);
  llvm::Value* lower_function_address();

  // --- statements.cpp
  void lower(const hir::Block& block);
  void lower(const hir::Stmt& stmt);
  void lower_assign(const hir::AssignVariable& assign);
  void lower_if(const hir::If& statement);
  void lower_loop(const hir::Loop& loop);
  void lower_emit(const hir::Emit& emit);

  // --- loops.cpp: bodies that the kernel calls back
  void find_homes(const hir::Block& function);
  void enter_function(const hir::Block& body);
  void keep_context();
  void load_context();
  void lower_range(const hir::ForRange& loop);
  void lower_for_each(const hir::ForEach& loop);
  llvm::Value* lower_length(const hir::MapLength& length);
  // The body as a function with these parameters; `begin` starts it.
  llvm::Function* lower_callback(const hir::Block& body, llvm::ArrayRef<llvm::Type*> parameters,
                                 llvm::function_ref<void(llvm::Function&)> begin);
  // After the kernel has called a body back: did it return?
  void follow_return(const hir::Block& body);
  void lower_return();

  // --- maps.cpp
  void lower_assign(const hir::AssignMap& assign);
  void lower_update(const hir::UpdateMap& update);
  void lower_aggregate(const hir::Aggregate& aggregate);
  llvm::Value* lower_increment(const hir::IncrementMap& increment, const Type& type);
  llvm::Value* lower_delete(const hir::DeleteElement& deletion);
  void count_missing_key(uint32_t map);
  llvm::Value* lower_map_read(const hir::MapRead& read, const Type& type);
  Memory lower_map_memory(const hir::MapRead& read, const Type& type);
  Memory lower_key(hir::MapId map, const hir::ExprPtr& key, uint32_t extra = 0);
  // The value in memory as the map keeps it.
  Memory lower_stored_value(const hir::Expr& value, const Type& type);
  llvm::Value* apply(hir::BinaryOp op, llvm::Value* left, llvm::Value* right, bool is_signed);
  llvm::Value* update_place(uint32_t map, llvm::Value* place, hir::BinaryOp op, llvm::Value* value);
  void add_to_aggregation(uint32_t map, llvm::Value* place, llvm::Value* value);
  void start_aggregation(const Memory& element, const Type& type, llvm::Value* value);
  llvm::Value* extreme_word(const Type& type, llvm::Value* value);
  void for_each_cpu(uint32_t map, const Memory& key, llvm::function_ref<void(llvm::Value*)> body);
  llvm::Value* sum_over_cpus(uint32_t map, const Memory& key, const Type& aggregation);
  llvm::Value* hist_bucket(llvm::Value* value, const Type& type, bool is_signed);
  void delete_scalar(uint32_t map);
  uint32_t map_index(hir::MapId id) const { return static_cast<uint32_t>(id); }
  const hir::MapDecl& decl(hir::MapId id) const;

  // --- expressions.cpp
  // A scalar's value (see BpfBuilder for the representations).
  llvm::Value* lower_scalar(const hir::Expr& expr);
  // A memory value's place, valid until the next statement; no copy where one can be avoided.
  Memory lower_memory(const hir::Expr& expr);
  // A value of any type into `to`, which has `size` bytes: the rest of a longer place is zeroed. Records
  // of events do not need the zeros (`is_record`).
  void lower_into(const hir::Expr& expr, const Memory& to, uint32_t size, bool is_record = false);
  llvm::Value* lower_binary(const hir::Binary& binary);
  llvm::Value* lower_compare_memory(const hir::Binary& binary);
  llvm::Value* lower_difference(const hir::Expr& left, const hir::Expr& right, uint32_t count);
  llvm::Value* lower_string_length(const hir::StringLength& length);
  llvm::Value* lower_strings_differ(const hir::StringsDiffer& strings);
  llvm::Value* lower_logical(const hir::Logical& logical);
  llvm::Value* lower_cast(const hir::Expr& operand, const Type& to);
  llvm::Value* lower_increment(const hir::IncrementVariable& increment, const Type& type);
  llvm::Value* lower_unary(const hir::Unary& unary);
  llvm::Value* lower_deref(const hir::Deref& deref, const Type& type);
  // Strings that are read from elsewhere: str(), a field of a tracepoint. Into `to`, at most `size` bytes with
  // the NUL; gives the bytes used (i64).
  static bool is_string_read(const hir::Expr& expr);
  llvm::Value* read_string(const hir::Expr& expr, const Memory& to, uint32_t size);
  llvm::Value* read_string_at(const hir::StringAtPointer& string, const Memory& to, uint32_t size);
  llvm::Value* read_text(const Memory& to, llvm::Value* limit, llvm::Value* address, uint32_t size,
                         bool is_user);
  bool is_user_address(const Type& type) const;
  llvm::Type* type_of(const Type& type);
  llvm::Value* from_memory(const Memory& place, const Type& type);
  void to_memory(const Memory& place, llvm::Value* value);

  // --- builtins.cpp
  llvm::Value* lower_builtin(const hir::Builtin& builtin, const Type& type);
  llvm::Value* lower_tracepoint_field(const hir::TracepointField& field, const Type& type);
  llvm::Value* argument_offset(const std::string& field);
  llvm::Value* lower_syscall_field(const hir::TracepointField& field, const Type& type);
  // The string in a tracepoint's record into `to`; the bytes used (i64).
  llvm::Value* read_record_string(const hir::TracepointField& field, const Memory& to,
                                  uint32_t size);

  llvm::Value* lower_raw_argument(const hir::RawArgument& argument, const Type& type);

  // --- members.cpp: members of the kernel's structs
  llvm::Value* lower_member(const hir::Member& member, const Type& type);
  llvm::Value* member_address(const hir::Member& member);
  llvm::Value* lower_layout(const hir::Layout& layout);
  // Does the verifier know what the pointer leads to, so that plain loads may follow it?
  bool is_trusted(const hir::Expr& pointer) const;
  static bool begins_at_argument(const hir::Expr& pointer);
  bool is_direct(const hir::Member& member, const Type& type) const;
  llvm::Value* load_member(llvm::Value* base, const hir::Member& member, const Type& type);
  // A scalar by bpf_probe_read, whatever its size is where the plan runs.
  llvm::Value* read_member(const hir::Member& member, const Type& type);
  llvm::Value* read_string_at(const hir::Member& member, const Memory& to, uint32_t size);

  // --- functions.cpp: hir::Call
  llvm::Value* lower_call(const hir::Call& call, const Type& type);
  void lower_call_into(const hir::Call& call, const Type& type, const Memory& to);
  llvm::Value* lower_order(const hir::Call& call);
  void lower_concatenation(const hir::Call& call, const Type& type, const Memory& to);
  llvm::Value* lower_find(const hir::Expr& text, const std::string& wanted);
  void lower_buffer(const hir::Call& call, const Type& type, const Memory& to);
  void lower_text_of(const hir::TextOf& text, const Type& type, const Memory& to);

  // --- stacks.cpp: values whose frames and names the runtime finds
  void lower_stack(const Type& type, const Memory& to);
  llvm::Value* lower_frame_count(const hir::Expr& stack);
  void lower_symbol(const hir::Symbol& symbol, const Type& type, const Memory& to);

  BpfBuilder& b_;
  ModuleState& module_;
  ProbeContext context_;
  llvm::BasicBlock* end_;  // where `return` goes
  // Of the innermost loop: where `break` and `continue` go.
  llvm::BasicBlock* break_ = nullptr;
  llvm::BasicBlock* continue_ = nullptr;
  // Where a variable lives: in the function whose body alone uses it or, for several functions, at a place of the
  // scratch slot, which also hides from the verifier what one iteration would know of the one before.
  struct Home {
    const hir::Block* function = nullptr;
    bool is_shared = false;
    uint32_t offset = 0;
  };
  std::vector<Home> homes_;  // by VariableId
  std::vector<llvm::Value*>
      scalars_;  // by VariableId; null for memory variables, and where it is not used
  std::vector<Memory> buffers_;  // by VariableId
  std::optional<uint32_t>
      returned_at_;  // in the scratch slot: has a callback returned from the probe?
};

// loops.cpp: how many functions of a program can be at work at once.
uint32_t call_depth(const hir::Block& body);

// probes.cpp: every probe of the program as plan programs.
void lower_probes(ModuleState& module);

}  // namespace scry::codegen
