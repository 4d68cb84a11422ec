// Maps: reads, assignments, atomic updates, aggregations. How each map is kept is decided in probes.cpp
// (kernel_map); the layouts of aggregations are in types/type.h.
#include "base/bytes.h"
#include "codegen/lower.h"

namespace scry::codegen {

using types::Kind;

namespace {

constexpr uint64_t kAny = 0, kNoExist = 1;  // BPF_ANY, BPF_NOEXIST
// More than any kernel's NR_CPUS that we meet; the loops over CPUs end at the first missing one.
constexpr uint32_t kMostCpus = 1024;

bool is_histogram(const Type& type) { return type.is(Kind::Hist) || type.is(Kind::Lhist); }

}  // namespace

const hir::MapDecl& ProbeLowering::decl(hir::MapId id) const {
  return module_.program.maps[static_cast<size_t>(id)];
}

// The key as the kernel's map has it; `extra` bytes follow it 8-aligned (a histogram's bucket).
Memory ProbeLowering::lower_key(hir::MapId map, const hir::ExprPtr& key, uint32_t extra) {
  if (decl(map).is_scalar()) {
    const Memory zero = b_.allocate(4);
    b_.store_bits(zero, 0, b_.getInt32(0));
    return zero;
  }
  const uint32_t size = decl(map).key.size;
  if (extra == 0 && key->type.is_memory() && key->type.size == size) return lower_memory(*key);
  const uint32_t padded = extra > 0 ? round_up(size) : size;
  const Memory buffer = b_.allocate(padded + extra);
  lower_into(*key, buffer, size);
  if (padded > size) b_.zero(b_.at(buffer, size), padded - size);
  return buffer;
}

Memory ProbeLowering::lower_stored_value(const hir::Expr& value, const Type& type) {
  if (value.type.is_memory() && value.type.size == type.size) return lower_memory(value);
  const Memory buffer = b_.allocate(type.size);
  lower_into(value, buffer, type.size);
  return buffer;
}

void ProbeLowering::lower_assign(const hir::AssignMap& assign) {
  const Type& type = decl(assign.map).value;
  const uint32_t map = map_index(assign.map);
  const uint32_t mark = b_.mark();
  if (decl(assign.map).is_scalar()) {
    const Memory place{module_.map_value(map), 8};
    lower_into(*assign.value, place, type.size);
    b_.store_bits(place, round_up(type.size), b_.getInt64(1));
  } else {
    const Memory value = lower_stored_value(*assign.value, type);
    const Memory key = lower_key(assign.map, assign.key);
    b_.update(map, key, value, kAny);
  }
  b_.release(mark);
}

// place = place op value, in one step where the instruction set has one; gives the value before (of the
// place's width).
llvm::Value* ProbeLowering::update_place(uint32_t map, llvm::Value* place, hir::BinaryOp op,
                                         llvm::Value* value) {
  const Type& type = module_.program.maps[map].value;
  using Op = llvm::AtomicRMWInst;
  const auto atomic = [&]() -> std::optional<Op::BinOp> {
    if (type.size < 4) return {};
    switch (op) {
      case hir::BinaryOp::Add: return Op::Add;
      case hir::BinaryOp::Subtract: return Op::Sub;
      case hir::BinaryOp::BitAnd: return Op::And;
      case hir::BinaryOp::BitOr: return Op::Or;
      case hir::BinaryOp::BitXor: return Op::Xor;
      default: return {};
    }
  }();
  llvm::Type* width = b_.getIntNTy(type.size * 8);
  if (atomic)
    return b_.CreateAtomicRMW(*atomic, place, b_.CreateTrunc(value, width),
                              llvm::MaybeAlign(type.size), llvm::AtomicOrdering::Monotonic);
  const auto next = [&](llvm::Value* before) {
    llvm::Value* wide = b_.CreateIntCast(before, b_.getInt64Ty(), type.is_signed);
    return b_.CreateTrunc(apply(op, wide, value, type.is_signed), width);
  };
  if (type.size >= 4)
    return b_.exchange(
        place, width, [&](llvm::Value* before, llvm::BasicBlock*) { return next(before); }, map);
  llvm::Value* before = b_.CreateAlignedLoad(width, place, llvm::Align(type.size));
  b_.CreateAlignedStore(next(before), place, llvm::Align(type.size));
  return before;
}

void ProbeLowering::lower_update(const hir::UpdateMap& update) {
  const Type& type = decl(update.map).value;
  const uint32_t map = map_index(update.map);
  const uint32_t mark = b_.mark();
  llvm::Value* value = lower_scalar(*update.value);
  if (decl(update.map).is_scalar()) {
    const Memory place{module_.map_value(map), 8};
    update_place(map, place.address, update.op, value);
    b_.store_bits(place, round_up(type.size), b_.getInt64(1));
  } else {
    const Memory key = lower_key(update.map, update.key);
    llvm::Value* found = b_.lookup(map, key);
    b_.when(
        b_.CreateIsNotNull(found), [&] { update_place(map, found, update.op, value); },
        [&] {
          count_missing_key(map);
          // A missing element counts as 0. Another CPU may insert it first: then update that one.
          llvm::Value* initial = apply(update.op, b_.getInt64(0), value, type.is_signed);
          const Memory buffer = b_.allocate(8);
          b_.store_bits(buffer, 0, b_.CreateTrunc(initial, b_.getIntNTy(type.size * 8)));
          llvm::Value* result = b_.update(map, key, buffer, kNoExist);
          b_.when(b_.CreateICmpNE(result, b_.getInt64(0)), [&] {
            llvm::Value* theirs = b_.lookup(map, key);
            b_.when(b_.CreateIsNotNull(theirs),
                    [&] { update_place(map, theirs, update.op, value); });
          });
        });
  }
  b_.release(mark);
}

llvm::Value* ProbeLowering::lower_increment(const hir::IncrementMap& increment, const Type& type) {
  const uint32_t map = map_index(increment.map);
  llvm::Type* width = b_.getIntNTy(type.size * 8);
  llvm::Value* step = b_.getInt64(static_cast<uint64_t>(increment.step));
  llvm::AllocaInst* before = b_.variable(width);
  const auto bump = [&](llvm::Value* place) {
    b_.CreateStore(update_place(map, place, hir::BinaryOp::Add, step), before);
  };
  if (decl(increment.map).is_scalar()) {
    const Memory place{module_.map_value(map), 8};
    bump(place.address);
    b_.store_bits(place, round_up(type.size), b_.getInt64(1));
  } else {
    b_.CreateStore(llvm::Constant::getNullValue(width), before);
    const Memory key = lower_key(increment.map, increment.key);
    llvm::Value* found = b_.lookup(map, key);
    b_.when(
        b_.CreateIsNotNull(found), [&] { bump(found); },
        [&] {
          count_missing_key(map);
          const Memory buffer = b_.allocate(8);
          b_.store_bits(buffer, 0, b_.CreateTrunc(step, width));
          llvm::Value* result = b_.update(map, key, buffer, kNoExist);
          b_.when(b_.CreateICmpNE(result, b_.getInt64(0)), [&] {
            llvm::Value* theirs = b_.lookup(map, key);
            b_.when(b_.CreateIsNotNull(theirs), [&] { bump(theirs); });
          });
        });
  }
  llvm::Value* old = b_.CreateLoad(width, before);
  return increment.is_prefix ? b_.CreateAdd(old, b_.CreateTrunc(step, width)) : old;
}

// --- aggregations ---------------------------------------------------------------------------------

llvm::Value* ProbeLowering::extreme_word(const Type& type, llvm::Value* value) {
  return b_.CreateXor(value, b_.getInt64(types::extreme_mask(type)));
}

// Adds one value (i64; null for count) to an aggregation's place of this CPU. Each step is atomic: another
// program may preempt this one on its CPU (from 7.x on, and functions' before), or interrupt it.
void ProbeLowering::add_to_aggregation(uint32_t map, llvm::Value* place, llvm::Value* value) {
  const Type& type = module_.program.maps[map].value;
  const Memory memory{place, 8};
  const auto add = [&](uint32_t offset, llvm::Value* amount) {
    b_.CreateAtomicRMW(llvm::AtomicRMWInst::Add, b_.at(memory, offset).address, amount,
                       llvm::MaybeAlign(8), llvm::AtomicOrdering::Monotonic);
  };
  switch (type.kind) {
    case Kind::Count:
    case Kind::Hist:
    case Kind::Lhist: add(0, b_.getInt64(1)); return;
    case Kind::Sum:
      add(0, value);
      b_.store_bits(memory, 8, b_.getInt64(1));
      return;
    case Kind::Avg:
    case Kind::Stats:
      add(0, value);
      add(8, b_.getInt64(1));
      return;
    case Kind::Min:
    case Kind::Max: {
      llvm::Value* word = extreme_word(type, value);
      const auto better = [&](llvm::Value* before, llvm::BasicBlock* leave) {
        llvm::BasicBlock* replace = b_.block("better");
        b_.CreateCondBr(b_.CreateICmpUGT(word, before), replace, leave);
        b_.SetInsertPoint(replace);
        return word;
      };
      b_.exchange(place, b_.getInt64Ty(), better, map);
      b_.store_bits(memory, 8, b_.getInt64(1));
      return;
    }
    default: SCRY_CHECK(false);
  }
}

// An element that holds one value, in the program's own memory.
void ProbeLowering::start_aggregation(const Memory& element, const Type& type, llvm::Value* value) {
  const bool counts = type.is(Kind::Count) || is_histogram(type);
  const bool is_extreme = type.is(Kind::Min) || type.is(Kind::Max);
  b_.store_bits(element, 0,
                counts       ? b_.getInt64(1)
                : is_extreme ? extreme_word(type, value)
                             : value);
  if (!counts) b_.store_bits(element, 8, b_.getInt64(1));  // is_set, or the count
}

// The number of a value's bucket (see types::hist_bucket_count): 0 for negatives, then 2^bits single values,
// then 2^bits sub-buckets for each further power of two.
llvm::Value* ProbeLowering::hist_bucket(llvm::Value* value, const Type& type, bool is_signed) {
  const uint32_t count = types::hist_bucket_count(type);
  llvm::Value* bucket = nullptr;
  if (type.is(Kind::Hist)) {
    const uint64_t sub_count = uint64_t{1} << type.count;
    llvm::Value* log = b_.log2_floor(value);
    llvm::Value* above = b_.CreateSub(log, b_.getInt64(type.count));
    llvm::Value* sub = b_.CreateAnd(b_.CreateLShr(value, b_.CreateAnd(above, b_.getInt64(63))),
                                    b_.getInt64(sub_count - 1));
    llvm::Value* large = b_.CreateAdd(
        b_.CreateAdd(b_.CreateMul(above, b_.getInt64(sub_count)), sub), b_.getInt64(1 + sub_count));
    llvm::Value* is_small = b_.CreateICmpULT(value, b_.getInt64(sub_count));
    bucket = b_.CreateSelect(is_small, b_.CreateAdd(value, b_.getInt64(1)), large);
    if (is_signed)
      bucket = b_.CreateSelect(b_.CreateICmpSLT(value, b_.getInt64(0)), b_.getInt64(0), bucket);
  } else {
    const auto signed64 = [&](int64_t v) { return b_.getInt64(static_cast<uint64_t>(v)); };
    llvm::Value* inside =
        b_.CreateAdd(b_.CreateUDiv(b_.CreateSub(value, signed64(type.min)), signed64(type.step)),
                     b_.getInt64(1));
    llvm::Value* is_below = is_signed ? b_.CreateICmpSLT(value, signed64(type.min))
                                      : b_.CreateICmpULT(value, signed64(type.min));
    llvm::Value* is_above = is_signed ? b_.CreateICmpSGE(value, signed64(type.max))
                                      : b_.CreateICmpUGE(value, signed64(type.max));
    bucket = b_.CreateSelect(is_above, b_.getInt64(count - 1), inside);
    bucket = b_.CreateSelect(is_below, b_.getInt64(0), bucket);
  }
  bucket = b_.opaque(bucket);
  return b_.CreateSelect(b_.CreateICmpULT(bucket, b_.getInt64(count)), bucket,
                         b_.getInt64(count - 1));
}

void ProbeLowering::lower_aggregate(const hir::Aggregate& aggregate) {
  const hir::MapDecl& map_decl = decl(aggregate.map);
  const Type& type = map_decl.value;
  const uint32_t map = map_index(aggregate.map);
  const uint32_t mark = b_.mark();
  llvm::Value* value = aggregate.value ? lower_scalar(*aggregate.value) : nullptr;
  llvm::Value* bucket =
      is_histogram(type) ? hist_bucket(value, type, aggregate.value->type.is_signed) : nullptr;
  const bool is_keyed_histogram = bucket && !map_decl.is_scalar();
  const Memory key = lower_key(aggregate.map, aggregate.key, is_keyed_histogram ? 8 : 0);
  if (is_keyed_histogram) b_.store_bits(key, round_up(map_decl.key.size), bucket);

  llvm::Value* found = b_.lookup(map, key);
  if (map_decl.is_scalar()) {
    b_.when(b_.CreateIsNotNull(found), [&] {
      llvm::Value* place = bucket ? b_.CreateGEP(b_.getInt64Ty(), found, bucket) : found;
      add_to_aggregation(map, place, value);
    });
  } else {
    b_.when(
        b_.CreateIsNotNull(found), [&] { add_to_aggregation(map, found, value); },
        [&] {
          // The first value of a key. A program that preempts us may insert it too: then add to that one.
          const Memory first = b_.allocate(type.size);
          start_aggregation(first, type, value);
          llvm::Value* result = b_.update(map, key, first, kNoExist);
          b_.when(b_.CreateICmpNE(result, b_.getInt64(0)), [&] {
            llvm::Value* theirs = b_.lookup(map, key);
            b_.when(b_.CreateIsNotNull(theirs), [&] { add_to_aggregation(map, theirs, value); });
          });
        });
  }
  b_.release(mark);
}

// Calls body(address) for the element's place of every CPU; the first CPU that does not exist ends it.
void ProbeLowering::for_each_cpu(uint32_t map, const Memory& key,
                                 llvm::function_ref<void(llvm::Value*)> body) {
  b_.loop(kMostCpus, [&](llvm::Value* cpu, llvm::BasicBlock* leave) {
    llvm::Value* found = b_.call(Helper::MapLookupPercpu, {module_.map_fd(map), key.address,
                                                           b_.CreateTrunc(cpu, b_.getInt32Ty())});
    llvm::BasicBlock* present = b_.block("cpu");
    b_.CreateCondBr(b_.CreateIsNotNull(found), present, leave);
    b_.SetInsertPoint(present);
    body(found);
  });
}

// An aggregation read in an expression: its value over all CPUs, as print would show it.
llvm::Value* ProbeLowering::sum_over_cpus(uint32_t map, const Memory& key, const Type& type) {
  llvm::AllocaInst* total = b_.variable(b_.getInt64Ty());
  llvm::AllocaInst* second = b_.variable(b_.getInt64Ty());  // count, or is_set
  b_.CreateStore(b_.getInt64(0), total);
  b_.CreateStore(b_.getInt64(0), second);
  const auto load = [&](llvm::Value* from) { return b_.CreateLoad(b_.getInt64Ty(), from); };
  for_each_cpu(map, key, [&](llvm::Value* found) {
    const Memory place{found, 8};
    llvm::Value* value = b_.load_bits(place, 0, 8);
    llvm::Value* other = type.is(Kind::Count) ? b_.getInt64(0) : b_.load_bits(place, 8, 8);
    if (type.is(Kind::Min) || type.is(Kind::Max)) {
      llvm::Value* best = load(total);
      b_.CreateStore(b_.CreateSelect(b_.CreateICmpUGT(value, best), value, best), total);
      b_.CreateStore(b_.CreateOr(load(second), other), second);
    } else {
      b_.CreateStore(b_.CreateAdd(load(total), value), total);
      b_.CreateStore(b_.CreateAdd(load(second), other), second);
    }
  });
  llvm::Value* result = load(total);
  if (type.is(Kind::Min) || type.is(Kind::Max))
    return b_.CreateSelect(b_.CreateICmpEQ(load(second), b_.getInt64(0)), b_.getInt64(0),
                           extreme_word(type, result));
  if (!type.is(Kind::Avg)) return result;
  llvm::Value* count = load(second);
  count = b_.CreateSelect(b_.CreateICmpEQ(count, b_.getInt64(0)), b_.getInt64(1), count);
  return b_.divide(result, count, type.is_signed, false);
}

// --- reads and deletes ----------------------------------------------------------------------------

void ProbeLowering::count_missing_key(uint32_t map) {
  if (module_.tells_failures) b_.count_loss(plan::LossKind::MissingKey, map);
}

llvm::Value* ProbeLowering::lower_map_read(const hir::MapRead& read, const Type& type) {
  const uint32_t map = map_index(read.map);
  const Type& stored = decl(read.map).value;
  if (stored.is_aggregation()) {
    const Memory key = lower_key(read.map, read.key);
    return b_.CreateIntCast(sum_over_cpus(map, key, stored), type_of(type), stored.is_signed);
  }
  if (decl(read.map).is_scalar()) return from_memory({module_.map_value(map), 8}, type);
  const Memory key = lower_key(read.map, read.key);
  llvm::Value* found = b_.lookup(map, key);
  return b_.choose(
      b_.CreateIsNotNull(found), type_of(type),
      [&] {
        return from_memory({found, 8}, type);
      },
      [&] {
        count_missing_key(map);
        return llvm::Constant::getNullValue(type_of(type));
      });
}

Memory ProbeLowering::lower_map_memory(const hir::MapRead& read, const Type& type) {
  const uint32_t map = map_index(read.map);
  if (decl(read.map).is_scalar()) return {module_.map_value(map), 8};
  const Memory key = lower_key(read.map, read.key);
  llvm::Value* found = b_.lookup(map, key);
  llvm::Value* place = b_.choose(
      b_.CreateIsNotNull(found), b_.getPtrTy(), [&] { return found; },
      [&] {
        count_missing_key(map);
        return module_.zeros(type.size);
      });
  return {place, 8};
}

void ProbeLowering::delete_scalar(uint32_t map) {
  const plan::Map& kernel_map = module_.plan.maps[map];
  if (kernel_map.kind == plan::MapKind::Array) {
    b_.zero({module_.map_value(map), 8}, kernel_map.value_size);
    return;
  }
  const Memory key = b_.allocate(4);
  b_.store_bits(key, 0, b_.getInt32(0));
  for_each_cpu(map, key, [&](llvm::Value* found) { b_.zero({found, 8}, kernel_map.value_size); });
}

llvm::Value* ProbeLowering::lower_delete(const hir::DeleteElement& deletion) {
  const hir::MapDecl& map_decl = decl(deletion.map);
  const uint32_t map = map_index(deletion.map);
  if (map_decl.is_scalar()) {
    delete_scalar(map);
    return b_.getInt1(true);
  }
  const auto remove = [&](const Memory& key) {
    llvm::Value* result = b_.call(Helper::MapDelete, {module_.map_fd(map), key.address});
    return b_.CreateICmpEQ(result, b_.getInt64(0));
  };
  if (!is_histogram(map_decl.value)) return remove(lower_key(deletion.map, deletion.key));
  const Memory key = lower_key(deletion.map, deletion.key, 8);
  llvm::AllocaInst* was_there = b_.variable(b_.getInt1Ty());
  b_.CreateStore(b_.getInt1(false), was_there);
  b_.loop(types::hist_bucket_count(map_decl.value), [&](llvm::Value* bucket, llvm::BasicBlock*) {
    b_.store_bits(key, round_up(map_decl.key.size), bucket);
    llvm::Value* before = b_.CreateLoad(b_.getInt1Ty(), was_there);
    b_.CreateStore(b_.CreateOr(before, remove(key)), was_there);
  });
  return b_.CreateLoad(b_.getInt1Ty(), was_there);
}

}  // namespace scry::codegen
