// Programs: which hir::Probes share one, what each starts with, and the kernel maps behind the script's.
#include <algorithm>
#include <cstddef>

#include "base/bytes.h"
#include "base/strings.h"
#include "codegen/lower.h"
#include "hir/walk.h"

namespace scry::codegen {

using lang::ProbeKind;
using types::Kind;

namespace {

constexpr uint32_t kCompatStatus =
    2;  // TS_COMPAT: a 32-bit system call (arch/x86/include/asm/thread_info.h)
constexpr uint32_t kSyscallNumberOffset = 120;  // orig_ax in struct pt_regs

// How the kernel keeps one of the script's maps; the conventions are in plan.h and types/type.h.
plan::Map kernel_map(const hir::MapDecl& decl) {
  const bool is_hist = decl.value.is(Kind::Hist) || decl.value.is(Kind::Lhist);
  plan::Map map;
  map.name = decl.name;
  map.role = plan::MapRole::User;
  map.key = decl.key;
  map.value = decl.value;
  map.is_scalar = decl.is_scalar();
  map.span = decl.span;
  if (decl.is_scalar()) {
    map.kind = decl.value.is_aggregation() ? plan::MapKind::PerCpuArray : plan::MapKind::Array;
    map.value_size =
        (is_hist ? 8 * types::hist_bucket_count(decl.value) : round_up(decl.value.size)) + 8;
    return map;
  }
  map.kind = decl.value.is_aggregation() ? plan::MapKind::PerCpuHash : plan::MapKind::Hash;
  map.key_size = is_hist ? round_up(decl.key.size) + 8 : decl.key.size;
  map.value_size = decl.value.size;
  map.max_entries = decl.max_entries;
  return map;
}

uint32_t add_program(ModuleState& module, std::string name, plan::ProgramKind kind) {
  plan::Program program;
  program.name = std::move(name);
  program.kind = kind;
  module.plan.programs.push_back(std::move(program));
  return static_cast<uint32_t>(module.plan.programs.size() - 1);
}

// Leaves the program at once when the run is over.
void return_if_stopped(BpfBuilder& b) {
  ModuleState& module = b.module();
  llvm::Value* stop = b.CreateLoad(
      b.getInt32Ty(), module.map_value(module.state_map(), offsetof(plan::RunState, stop)), true);
  llvm::BasicBlock* running = b.block("running");
  b.CreateCondBr(b.CreateICmpEQ(stop, b.getInt32(0)), running, b.exit_block());
  b.SetInsertPoint(running);
}

// Leaves the program when another process than -p's fired it. Without -p the filter is the constant 0 and
// the verifier removes all of this.
void return_if_other_process(BpfBuilder& b) {
  llvm::Value* filter = b.module().relocated(plan::RelocationKind::PidFilter);
  llvm::BasicBlock* compare = b.block("filter");
  llvm::BasicBlock* ours = b.block("ours");
  b.CreateCondBr(b.CreateICmpEQ(filter, b.getInt64(0)), ours, compare);
  b.SetInsertPoint(compare);
  llvm::Value* tgid = b.CreateLShr(b.call(Helper::GetCurrentPidTgid, {}), 32);
  b.CreateCondBr(b.CreateICmpEQ(tgid, filter), ours, b.exit_block());
  b.SetInsertPoint(ours);
}

plan::ProgramKind program_kind(ProbeKind kind) {
  switch (kind) {
    case ProbeKind::Begin:
    case ProbeKind::End: return plan::ProgramKind::TestRun;
    case ProbeKind::Interval:
    case ProbeKind::Profile:
    case ProbeKind::Software: return plan::ProgramKind::PerfEvent;
    case ProbeKind::Tracepoint: return plan::ProgramKind::Tracepoint;
    case ProbeKind::RawTracepoint: return plan::ProgramKind::RawEvent;
    case ProbeKind::Fentry:
    case ProbeKind::Fexit: return plan::ProgramKind::BtfEvent;
    case ProbeKind::Uprobe:
    case ProbeKind::Uretprobe:
    case ProbeKind::Usdt: return plan::ProgramKind::Registers;
    case ProbeKind::Kprobe:
    case ProbeKind::Kretprobe: return plan::ProgramKind::KernelRegisters;
    default: SCRY_CHECK(false);  // sema refuses the others; system calls are dispatched
  }
}

// Does one attach point stand for several places?
bool has_many_matches(const hir::Probe& probe) {
  if (probe.attach_points.size() > 1) return true;
  const lang::AttachPoint& point = probe.attach_points.front();
  return has_wildcard(point.target) || has_wildcard(point.name) ||
         point.text.find('$') != std::string::npos;
}

// Which of the probe's places this is, the attachment's cookie says.
void find_static_place(BpfBuilder& b, ProbeContext& context) {
  const Memory key = b.allocate(4);
  b.store_bits(key, 0,
               b.CreateTrunc(b.call(Helper::GetAttachCookie, {b.context()}), b.getInt32Ty()));
  context.static_place = b.lookup(b.module().static_places_map(), key);
  llvm::BasicBlock* known = b.block("place");
  b.CreateCondBr(b.CreateIsNotNull(context.static_place), known, b.exit_block());
  b.SetInsertPoint(known);
  context.name_id = b.load_bits({context.static_place, 8}, offsetof(plan::StaticPlace, name_id), 8);
}

void lower_own_program(ModuleState& module, uint32_t index) {
  const hir::Probe& probe = module.program.probes[index];
  const ProbeKind kind = probe.attach_points.front().kind;
  const uint32_t program =
      add_program(module, probe.attach_points.front().text, program_kind(kind));
  module.plan.probes[index].program = program;

  BpfBuilder b(module, program, index, probe.attach_points.front().span);
  b.divide_stack(call_depth(probe.body));
  ProbeContext context;
  context.probe = &probe;
  context.index = index;
  context.reads_user_memory = program_kind(kind) == plan::ProgramKind::Registers;
  context.has_registers_context =
      context.reads_user_memory || program_kind(kind) == plan::ProgramKind::KernelRegisters;
  if (kind != ProbeKind::Begin && kind != ProbeKind::End) return_if_stopped(b);
  const bool is_timer_or_special =
      kind == ProbeKind::Begin || kind == ProbeKind::End || kind == ProbeKind::Interval;
  if (!is_timer_or_special) return_if_other_process(b);
  context.has_raw_arguments =
      kind == ProbeKind::RawTracepoint || program_kind(kind) == plan::ProgramKind::BtfEvent;
  // Such a program is loaded for each match: cookies there are as new as Linux 6.10.
  if (kind == ProbeKind::Usdt)
    find_static_place(b, context);
  else if (!is_timer_or_special && !context.has_raw_arguments && has_many_matches(probe))
    context.name_id = b.call(Helper::GetAttachCookie, {b.context()});
  ProbeLowering(b, std::move(context)).lower_body();
  b.finish();
  const auto& loads = module.relocated_loads;
  const bool has_typed_arguments = std::any_of(loads.begin(), loads.end(), [&](const auto& load) {
    return load.kind == plan::RelocationKind::RawArgument && load.id == index;
  });
  if (has_typed_arguments) module.plan.programs[program].kind = plan::ProgramKind::BtfEvent;
}

// --- system calls -----------------------------------------------------------------------------------
// All clauses on sys_enter_* are one raw tracepoint program, all on sys_exit_* another: a perf tracepoint
// each would cost 55-90 ms to detach.

// The fields of args that the body reads, each once.
std::vector<std::string> fields_of(const hir::Block& body) {
  std::vector<std::string> fields;
  hir::walk(body, [&](const hir::Expr& expr) {
    const auto* field = std::get_if<hir::TracepointField>(&expr.node);
    if (field && std::find(fields.begin(), fields.end(), field->name) == fields.end())
      fields.push_back(field->name);
  });
  return fields;
}

// The Dispatch row: for each probe its name id, then the offsets of the arguments whose register depends on
// which of its system calls it is.
plan::SyscallDispatch plan_dispatch(ModuleState& module, bool is_enter,
                                    const std::vector<uint32_t>& probes) {
  plan::SyscallDispatch dispatch;
  dispatch.is_enter = is_enter;
  for (const uint32_t index : probes) {
    plan::SyscallProbe row{index, dispatch.row_size, {}};
    dispatch.row_size += 4;
    const hir::Probe& probe = module.program.probes[index];
    if (has_many_matches(probe)) {
      for (std::string& field : fields_of(probe.body)) {
        if (field == "ret" || field == "__syscall_nr") continue;
        row.arguments.push_back({std::move(field), dispatch.row_size});
        dispatch.row_size += 4;
      }
    }
    dispatch.probes.push_back(std::move(row));
  }
  plan::Map map;
  map.name = is_enter ? "enter" : "exit";
  map.kind = plan::MapKind::Array;
  map.role = plan::MapRole::Dispatch;
  map.value_size = round_up(plan::kSyscallRows * dispatch.row_size);
  dispatch.map = module.add_map(std::move(map));
  return dispatch;
}

// Leaves the program for numbers beyond the table and for system calls that no probe is about; gives the row's
// address. This is all that the others cost.
llvm::Value* find_row(BpfBuilder& b, const plan::SyscallDispatch& dispatch, llvm::Value* number) {
  constexpr size_t kMostTested = 16;  // with more probes nearly every system call has one
  number = b.opaque(number);
  llvm::BasicBlock* in_range = b.block("known");
  b.CreateCondBr(b.CreateICmpULT(number, b.getInt64(plan::kSyscallRows)), in_range, b.exit_block());
  b.SetInsertPoint(in_range);
  llvm::Value* row = b.CreateGEP(b.getInt8Ty(), b.module().map_value(dispatch.map),
                                 b.CreateMul(number, b.getInt64(dispatch.row_size)));
  if (dispatch.probes.size() > kMostTested) return row;
  llvm::Value* any = b.getInt32(0);
  for (const plan::SyscallProbe& probe : dispatch.probes)
    any = b.CreateOr(any, b.load_bits({row, 4}, probe.row_offset, 4));
  llvm::BasicBlock* wanted = b.block("wanted");
  b.CreateCondBr(b.CreateICmpNE(any, b.getInt32(0)), wanted, b.exit_block());
  b.SetInsertPoint(wanted);
  return row;
}

// Leaves the program for system calls of 32-bit tasks, as perf's tracepoints do: their numbers mean others.
void return_if_compat(BpfBuilder& b, llvm::Value* task) {
  llvm::Value* offset = b.module().relocated(plan::RelocationKind::KernelField, 0, "task_struct",
                                             "thread_info.status");
  llvm::Value* status =
      b.CreateLoad(b.getInt32Ty(), b.CreateGEP(b.getInt8Ty(), task, offset), true);
  llvm::BasicBlock* native = b.block("native");
  llvm::Value* compat = b.CreateAnd(status, b.getInt32(kCompatStatus));
  b.CreateCondBr(b.CreateICmpEQ(compat, b.getInt32(0)), native, b.exit_block());
  b.SetInsertPoint(native);
}

void lower_dispatched(BpfBuilder& b, const plan::SyscallProbe& row_plan, const Memory& row,
                      ProbeContext context) {
  llvm::Value* name_id = b.load_bits(row, row_plan.row_offset, 4);
  b.when(b.CreateICmpNE(name_id, b.getInt32(0)), [&] {
    context.name_id = b.CreateZExt(name_id, b.getInt64Ty());
    if (has_many_matches(*context.probe)) {
      context.row = row.address;
      context.row_plan = &row_plan;
    }
    ProbeLowering(b, std::move(context)).lower_body();
  });
}

void lower_dispatch(ModuleState& module, bool is_enter, const std::vector<uint32_t>& probes) {
  plan::SyscallDispatch dispatch = plan_dispatch(module, is_enter, probes);
  dispatch.program =
      add_program(module, is_enter ? "sys_enter" : "sys_exit", plan::ProgramKind::RawTracepoint);
  const Span place = module.program.probes[probes.front()].attach_points.front().span;
  BpfBuilder b(module, dispatch.program, probes.front(), place);
  uint32_t depth = 1;
  for (const uint32_t probe : probes)
    depth = std::max(depth, call_depth(module.program.probes[probe].body));
  b.divide_stack(depth);
  return_if_stopped(b);
  return_if_other_process(b);

  llvm::Value* task = b.call(Helper::GetCurrentTaskBtf, {});
  llvm::Value* registers = b.call(Helper::TaskPtRegs, {task});
  // sys_enter: (regs, number); sys_exit: (regs, result)
  llvm::Value* second = b.load_bits({b.context(), 8}, 8, 8);
  llvm::Value* number = is_enter ? second : b.load_bits({registers, 8}, kSyscallNumberOffset, 8);
  const Memory row{find_row(b, dispatch, number), 4};
  return_if_compat(b, task);
  for (const plan::SyscallProbe& row_plan : dispatch.probes) {
    ProbeContext context;
    context.probe = &module.program.probes[row_plan.probe];
    context.index = row_plan.probe;
    context.registers = registers;
    context.number = number;
    context.result = is_enter ? nullptr : second;
    module.plan.probes[row_plan.probe].program = dispatch.program;
    lower_dispatched(b, row_plan, row, std::move(context));
  }
  b.finish();
  module.plan.dispatches.push_back(std::move(dispatch));
}

// The verifier takes 64 maps in a program, and jumps reach 32,767 instructions: with very many clauses there are
// several programs for a direction. They are attached, and so run, in the order of the clauses.
void lower_dispatches(ModuleState& module, bool is_enter, const std::vector<uint32_t>& probes) {
  constexpr size_t kMostProbes = 32;
  for (size_t i = 0; i < probes.size(); i += kMostProbes) {
    const auto begin = probes.begin() + static_cast<std::ptrdiff_t>(i);
    const auto count = static_cast<std::ptrdiff_t>(std::min(kMostProbes, probes.size() - i));
    lower_dispatch(module, is_enter, {begin, begin + count});
  }
}

}  // namespace

void lower_probes(ModuleState& module) {
  const hir::Program& program = module.program;
  for (const hir::MapDecl& decl : program.maps) module.add_map(kernel_map(decl));
  module.state_map();
  for (const hir::Probe& probe : program.probes)
    module.plan.probes.push_back({probe.attach_points, {}});

  std::vector<uint32_t> enters, exits;
  for (uint32_t i = 0; i < program.probes.size(); ++i) {
    const lang::AttachPoint& point = program.probes[i].attach_points.front();
    if (!point.is_syscall())
      lower_own_program(module, i);
    else
      (point.is_syscall_enter() ? enters : exits).push_back(i);
  }
  lower_dispatches(module, true, enters);
  lower_dispatches(module, false, exits);
}

}  // namespace scry::codegen
