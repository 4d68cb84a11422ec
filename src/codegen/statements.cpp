#include <cstddef>

#include "codegen/lower.h"

namespace scry::codegen {

ProbeLowering::ProbeLowering(BpfBuilder& builder, ProbeContext context)
    : b_(builder),
      module_(builder.module()),
      context_(std::move(context)),
      end_(builder.block("end")) {
  b_.set_probe(context_.index);
}

void ProbeLowering::lower_body() {
  const uint32_t mark = b_.mark();
  find_homes(context_.probe->body);
  enter_function(context_.probe->body);
  lower(context_.probe->body);
  b_.branch(end_);
  b_.SetInsertPoint(end_);
  b_.release(mark);
}

void ProbeLowering::lower(const hir::Block& block) {
  for (const hir::StmtPtr& stmt : block) {
    // Code after a return was warned about by sema; LLVM allows none after a terminator.
    if (b_.GetInsertBlock()->getTerminator()) return;
    lower(*stmt);
  }
}

void ProbeLowering::lower(const hir::Stmt& stmt) {
  struct Visitor {
    ProbeLowering& self;
    void operator()(const hir::Evaluate& s) {
      if (s.value->type.is_memory())
        self.lower_memory(*s.value);
      else
        self.lower_scalar(*s.value);
    }
    void operator()(const hir::AssignVariable& s) { self.lower_assign(s); }
    void operator()(const hir::AssignMap& s) { self.lower_assign(s); }
    void operator()(const hir::UpdateMap& s) { self.lower_update(s); }
    void operator()(const hir::Aggregate& s) { self.lower_aggregate(s); }
    void operator()(const hir::Emit& s) { self.lower_emit(s); }
    void operator()(const hir::If& s) { self.lower_if(s); }
    void operator()(const hir::Loop& s) { self.lower_loop(s); }
    void operator()(const hir::ForRange& s) { self.lower_range(s); }
    void operator()(const hir::ForEach& s) { self.lower_for_each(s); }
    void operator()(const hir::Break&) { self.b_.CreateBr(self.break_); }
    void operator()(const hir::Continue&) { self.b_.CreateBr(self.continue_); }
    void operator()(const hir::Return&) { self.lower_return(); }
    void operator()(const hir::Block& s) { self.lower(s); }
  };
  b_.set_place(stmt.span);
  std::visit(Visitor{*this}, stmt.node);
}

void ProbeLowering::lower_assign(const hir::AssignVariable& assign) {
  const auto index = static_cast<size_t>(assign.id);
  const Type& type = context_.probe->variables[index].type;
  if (type.is_memory())
    lower_into(*assign.value, buffers_[index], type.size);
  else
    b_.CreateStore(lower_scalar(*assign.value), scalars_[index]);
}

void ProbeLowering::lower_if(const hir::If& statement) {
  b_.when(
      lower_scalar(*statement.condition), [&] { lower(statement.then); },
      [&] { lower(statement.otherwise); });
}

// A loop of the machine: the verifier walks every iteration and must see it end.
void ProbeLowering::lower_loop(const hir::Loop& loop) {
  llvm::BasicBlock* head = b_.block("while");
  llvm::BasicBlock* body = b_.block("do");
  llvm::BasicBlock* step = b_.block("step");
  llvm::BasicBlock* done = b_.block("done");
  llvm::BasicBlock* const outer_break = std::exchange(break_, done);
  llvm::BasicBlock* const outer_continue = std::exchange(continue_, step);
  b_.CreateBr(head);
  b_.SetInsertPoint(head);
  b_.CreateCondBr(lower_scalar(*loop.condition), body, done);
  b_.SetInsertPoint(body);
  lower(loop.body);
  b_.branch(step);
  b_.SetInsertPoint(step);
  lower(loop.step);
  b_.CreateBr(head);
  b_.SetInsertPoint(done);
  break_ = outer_break;
  continue_ = outer_continue;
}

void ProbeLowering::lower_return() { b_.CreateBr(end_); }

// Scalars are evaluated before the record is reserved: between reserve and submit the ring buffer is locked
// to other records' delivery. So are stacks, whose walk takes long; other memory values go straight into the
// record.
void ProbeLowering::lower_emit(const hir::Emit& emit) {
  const lang::EventFormat& format = module_.program.formats[static_cast<size_t>(emit.format)];
  const lang::EventLayout layout = lang::event_layout(format);
  const uint32_t mark = b_.mark();
  std::vector<llvm::Value*> scalars;
  std::vector<std::optional<Memory>> stacks;
  for (const hir::ExprPtr& argument : emit.arguments) {
    const Type& type = argument->type;
    scalars.push_back(type.is_memory() ? nullptr : lower_scalar(*argument));
    const bool is_stack = type.is(types::Kind::KernelStack) || type.is(types::Kind::UserStack);
    stacks.push_back(is_stack ? std::optional(lower_memory(*argument)) : std::nullopt);
  }

  module_.need_ring(layout.size, context_.probe->attach_points.front().kind);
  llvm::Value* record = b_.call(Helper::RingbufReserve, {module_.map_fd(module_.ring_map()),
                                                         b_.getInt64(layout.size), b_.getInt64(0)});
  b_.when(
      b_.CreateIsNotNull(record),
      [&] {
        const Memory memory{record, 8};
        b_.store_bits(memory, 0, b_.getInt64(static_cast<uint64_t>(emit.format)));
        for (size_t i = 0; i < emit.arguments.size(); ++i) {
          const Memory place = b_.at(memory, layout.offsets[i]);
          if (scalars[i])
            to_memory(place, scalars[i]);
          else if (stacks[i])
            b_.copy(place, *stacks[i], format.arguments[i].size);
          else
            lower_into(*emit.arguments[i], place, format.arguments[i].size, true);
        }
        b_.call(Helper::RingbufSubmit, {record, b_.getInt64(0)});
      },
      [&] { b_.count_loss(plan::LossKind::Event); });
  b_.release(mark);
  if (format.kind == lang::EventKind::Exit)
    b_.CreateStore(b_.getInt32(1),
                   module_.map_value(module_.state_map(), offsetof(plan::RunState, stop)));
}

}  // namespace scry::codegen
