// Loops whose iterations the kernel counts: it calls the body back. A body is a function of its own in the program
// (verified once, however often it runs), so what it shares with the others must be where all of them get at it:
// variables in the scratch slot, the probe's context in the frame (builder.h).
#include "codegen/lower.h"
#include "hir/walk.h"

namespace scry::codegen {

namespace {

const hir::Block* callback_body(const hir::Stmt& stmt) {
  if (const auto* loop = std::get_if<hir::ForRange>(&stmt.node)) return &loop->body;
  if (const auto* loop = std::get_if<hir::ForEach>(&stmt.node)) return &loop->body;
  return nullptr;
}

// The variable that a node names itself.
std::optional<hir::VariableId> named_by(const hir::Expr& expr) {
  if (const auto* variable = std::get_if<hir::Variable>(&expr.node)) return variable->id;
  if (const auto* step = std::get_if<hir::IncrementVariable>(&expr.node)) return step->id;
  return {};
}

bool has_return(const hir::Block& body) {
  bool found = false;
  hir::walk(body, {}, [&](const hir::Stmt& stmt) {
    found |= std::holds_alternative<hir::Return>(stmt.node);
  });
  return found;
}

}  // namespace

uint32_t call_depth(const hir::Block& body) {
  uint32_t below = 0;
  const hir::VisitBlock inside = [&](const hir::Block& block) {
    for (const hir::StmtPtr& stmt : block) {
      if (const hir::Block* callback = callback_body(*stmt))
        below = std::max(below, call_depth(*callback));
      else
        hir::for_each_part(
            *stmt, [](const hir::Expr&) {}, inside);
    }
  };
  inside(body);
  return 1 + below;
}

// --- variables --------------------------------------------------------------------------------------

void ProbeLowering::find_homes(const hir::Block& function) {
  homes_.resize(context_.probe->variables.size());
  const auto use = [](Home& home, const hir::Block& user) {
    home.is_shared |= home.function && home.function != &user;
    home.function = &user;
  };
  const auto home = [&](hir::VariableId id) -> Home& { return homes_[static_cast<size_t>(id)]; };
  const hir::VisitExpr in_expr = [&](const hir::Expr& expr) {
    if (const auto id = named_by(expr)) use(home(*id), function);
    hir::for_each_part(expr, in_expr);
  };
  const hir::VisitBlock in_block = [&](const hir::Block& block) {
    for (const hir::StmtPtr& stmt : block) {
      const hir::Block* callback = callback_body(*stmt);
      if (const auto* assign = std::get_if<hir::AssignVariable>(&stmt->node))
        use(home(assign->id), function);
      if (const auto* loop = std::get_if<hir::ForRange>(&stmt->node))
        use(home(loop->variable), loop->body);
      if (const auto* loop = std::get_if<hir::ForEach>(&stmt->node))
        use(home(loop->variable), loop->body);
      hir::for_each_part(*stmt, in_expr, [&](const hir::Block& below) {
        callback ? find_homes(below) : in_block(below);
      });
    }
  };
  in_block(function);
}

// Makes the variables of the function that begins here; the shared ones are made by the probe's own.
void ProbeLowering::enter_function(const hir::Block& body) {
  const bool is_first = &body == &context_.probe->body;
  const std::vector<hir::VariableDecl>& variables = context_.probe->variables;
  scalars_.assign(variables.size(), nullptr);
  buffers_.assign(variables.size(), {});
  if (is_first && call_depth(body) > 1) {
    returned_at_ = b_.reserve(8);
    b_.store_bits(b_.reserved(*returned_at_), 0, b_.getInt64(0));
  }
  for (size_t i = 0; i < variables.size(); ++i) {
    const Type& type = variables[i].type;
    Home& home = homes_[i];
    if (!home.is_shared && home.function != &body) continue;
    if (home.is_shared) {
      if (is_first) home.offset = b_.reserve(type.is_memory() ? type.size : 8);
      buffers_[i] = b_.reserved(home.offset);
      if (is_first) b_.zero(buffers_[i], type.is_memory() ? type.size : 8);
      if (!type.is_memory()) scalars_[i] = buffers_[i].address;
    } else if (type.is_memory()) {
      buffers_[i] = b_.allocate(type.size);
      b_.zero(buffers_[i], type.size);
    } else {
      scalars_[i] = b_.variable(type_of(type));
    }
  }
}

// --- the probe's context ----------------------------------------------------------------------------

void ProbeLowering::keep_context() {
  uint32_t word = BpfBuilder::kFreeWord;
  for (llvm::Value* value : {context_.registers, context_.number, context_.result, context_.name_id,
                             context_.row, context_.static_place})
    if (value) b_.keep(word++, value);
}

void ProbeLowering::load_context() {
  uint32_t word = BpfBuilder::kFreeWord;
  for (llvm::Value** value : {&context_.registers, &context_.number, &context_.result,
                              &context_.name_id, &context_.row, &context_.static_place})
    if (*value) *value = b_.kept(word++, (*value)->getType());
}

// --- loops ------------------------------------------------------------------------------------------

llvm::Function* ProbeLowering::lower_callback(const hir::Block& body,
                                              llvm::ArrayRef<llvm::Type*> parameters,
                                              llvm::function_ref<void(llvm::Function&)> begin) {
  if (!b_.is_in_callback()) keep_context();
  const BpfBuilder::Function outer = b_.begin_callback(parameters);
  llvm::BasicBlock* leave = b_.block("leave");
  llvm::BasicBlock* returned = b_.block("returned");
  const ProbeContext outer_context = context_;
  load_context();
  const auto outer_scalars = std::exchange(scalars_, {});
  const auto outer_buffers = std::exchange(buffers_, {});
  llvm::BasicBlock* const outer_end = std::exchange(end_, returned);
  llvm::BasicBlock* const outer_break = std::exchange(break_, leave);
  llvm::BasicBlock* const outer_continue = std::exchange(continue_, b_.exit_block());

  enter_function(body);
  begin(*b_.GetInsertBlock()->getParent());
  lower(body);
  b_.branch(b_.exit_block());
  b_.SetInsertPoint(returned);
  b_.store_bits(b_.reserved(*returned_at_), 0, b_.getInt64(1));
  b_.CreateBr(leave);
  b_.SetInsertPoint(leave);
  b_.CreateRet(b_.getInt64(1));  // the kernel goes on after 0

  context_ = outer_context;
  scalars_ = outer_scalars;
  buffers_ = outer_buffers;
  end_ = outer_end;
  break_ = outer_break;
  continue_ = outer_continue;
  return b_.end_callback(outer);
}

void ProbeLowering::follow_return(const hir::Block& body) {
  if (!has_return(body)) return;
  llvm::BasicBlock* next = b_.block("next");
  llvm::Value* has_returned = b_.load_bits(b_.reserved(*returned_at_), 0, 8);
  b_.CreateCondBr(b_.CreateICmpEQ(has_returned, b_.getInt64(0)), next, end_);
  b_.SetInsertPoint(next);
}

void ProbeLowering::lower_range(const hir::ForRange& loop) {
  const uint32_t mark = b_.mark();
  llvm::Value* from = lower_scalar(*loop.from);
  llvm::Value* to = lower_scalar(*loop.to);
  const uint32_t from_at = b_.reserve(8);
  b_.store_bits(b_.reserved(from_at), 0, from);
  llvm::Value* most = b_.getInt64(hir::kMostIterations);
  llvm::Value* count = b_.choose(
      b_.CreateICmpSLT(from, to), b_.getInt64Ty(), [&] { return b_.CreateSub(to, from); },
      [&] { return b_.getInt64(0); });
  llvm::Value* is_too_long = b_.CreateICmpUGT(count, most);
  b_.when(is_too_long, [&] { b_.count_loss(plan::LossKind::Iterations); });
  count = b_.CreateSelect(is_too_long, most, count);

  llvm::Type* const index = b_.getInt64Ty();
  llvm::Function* callback = lower_callback(loop.body, {index}, [&](llvm::Function& function) {
    llvm::Value* first = b_.load_bits(b_.reserved(from_at), 0, 8);
    b_.CreateStore(b_.CreateAdd(first, function.getArg(0)),
                   scalars_[static_cast<size_t>(loop.variable)]);
  });
  b_.call(Helper::Loop, {count, callback, b_.frame(), b_.getInt64(0)});
  follow_return(loop.body);
  b_.release(mark);
}

// The kernel tells how many elements it went over.
llvm::Value* ProbeLowering::lower_length(const hir::MapLength& length) {
  llvm::Type* const pointer = b_.getPtrTy();
  const BpfBuilder::Function outer = b_.begin_callback({pointer, pointer, pointer});
  b_.CreateBr(b_.exit_block());
  llvm::Function* callback = b_.end_callback(outer);
  return b_.call(Helper::ForEachMapElement,
                 {module_.map_fd(map_index(length.map)), callback, b_.frame(), b_.getInt64(0)});
}

void ProbeLowering::lower_for_each(const hir::ForEach& loop) {
  const uint32_t mark = b_.mark();
  const uint32_t map = map_index(loop.map);
  const Type& value_type = decl(loop.map).value;
  const Type& pair = context_.probe->variables[static_cast<size_t>(loop.variable)].type;
  llvm::Type* const pointer = b_.getPtrTy();
  // The map, the key, the value.
  const auto parameters = {pointer, pointer, pointer};
  llvm::Function* callback = lower_callback(loop.body, parameters, [&](llvm::Function& function) {
    const Memory& variable = buffers_[static_cast<size_t>(loop.variable)];
    const Memory key{function.getArg(1), 8};
    b_.copy(b_.at(variable, pair.fields[0].offset), key, decl(loop.map).key.size);
    const Memory value = b_.at(variable, pair.fields[1].offset);
    if (value_type.is_aggregation())
      b_.store_bits(value, 0, sum_over_cpus(map, key, value_type));
    else
      b_.copy(value, {function.getArg(2), 8}, value_type.size);
  });
  b_.call(Helper::ForEachMapElement, {module_.map_fd(map), callback, b_.frame(), b_.getInt64(0)});
  follow_return(loop.body);
  b_.release(mark);
}

}  // namespace scry::codegen
