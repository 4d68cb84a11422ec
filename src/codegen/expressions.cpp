#include "base/bytes.h"
#include "codegen/lower.h"

namespace scry::codegen {

using types::Kind;

llvm::Type* ProbeLowering::type_of(const Type& type) {
  if (type.is(Kind::Bool)) return b_.getInt1Ty();
  if (type.is(Kind::Int) || type.is(Kind::Enum)) return b_.getIntNTy(type.size * 8);
  SCRY_CHECK(type.is(Kind::Pointer) || type.is(Kind::ProbeName));
  return b_.getInt64Ty();
}

llvm::Value* ProbeLowering::from_memory(const Memory& place, const Type& type) {
  llvm::Value* bits = b_.load_bits(place, 0, type.size);
  return type.is(Kind::Bool) ? b_.CreateICmpNE(bits, b_.getInt8(0)) : bits;
}

void ProbeLowering::to_memory(const Memory& place, llvm::Value* value) {
  if (value->getType()->isIntegerTy(1)) value = b_.CreateZExt(value, b_.getInt8Ty());
  b_.store_bits(place, 0, value);
}

bool ProbeLowering::is_user_address(const Type& type) const {
  if (type.is(Kind::Pointer) && type.address_space != types::AddressSpace::None)
    return type.address_space == types::AddressSpace::User;
  return context_.reads_user_memory;
}

namespace {

// Failures inside of an expression are told with its own place, not with its statement's.
class PlaceOfExpr {
 public:
  PlaceOfExpr(BpfBuilder& b, Span span) : b_(b), before_(b.place()) {
    if (b_.module().tells_failures) b_.set_place(span);
  }
  ~PlaceOfExpr() {
    if (b_.module().tells_failures) b_.set_place(before_);
  }
  PlaceOfExpr(const PlaceOfExpr&) = delete;
  PlaceOfExpr& operator=(const PlaceOfExpr&) = delete;

 private:
  BpfBuilder& b_;
  const Span before_;
};

}  // namespace

// --- scalars --------------------------------------------------------------------------------------

llvm::Value* ProbeLowering::lower_scalar(const hir::Expr& expr) {
  struct Visitor {
    ProbeLowering& self;
    const hir::Expr& expr;
    BpfBuilder& b = self.b_;

    llvm::Value* fit(llvm::Value* bits) { return b.CreateTrunc(bits, self.type_of(expr.type)); }
    llvm::Value* operator()(const hir::IntLiteral& e) { return fit(b.getInt64(e.value)); }
    llvm::Value* operator()(const hir::Parameter& e) {
      return fit(self.module_.relocated(plan::RelocationKind::Parameter, e.index));
    }
    llvm::Value* operator()(const hir::ParameterCount&) {
      return fit(self.module_.relocated(plan::RelocationKind::ParameterCount));
    }
    llvm::Value* operator()(const hir::Builtin& e) { return self.lower_builtin(e, expr.type); }
    llvm::Value* operator()(const hir::TracepointField& e) {
      return self.lower_tracepoint_field(e, expr.type);
    }
    llvm::Value* operator()(const hir::RawArgument& e) {
      return self.lower_raw_argument(e, expr.type);
    }
    llvm::Value* operator()(const hir::Member& e) { return self.lower_member(e, expr.type); }
    llvm::Value* operator()(const hir::Layout& e) { return self.lower_layout(e); }
    llvm::Value* operator()(const hir::Variable& e) {
      return b.CreateLoad(self.type_of(expr.type), self.scalars_[static_cast<size_t>(e.id)]);
    }
    llvm::Value* operator()(const hir::MapRead& e) { return self.lower_map_read(e, expr.type); }
    llvm::Value* operator()(const hir::Deref& e) { return self.lower_deref(e, expr.type); }
    llvm::Value* operator()(const hir::Unary& e) { return self.lower_unary(e); }
    llvm::Value* operator()(const hir::Binary& e) { return self.lower_binary(e); }
    llvm::Value* operator()(const hir::Logical& e) { return self.lower_logical(e); }
    llvm::Value* operator()(const hir::Conditional& e) {
      return b.choose(
          self.lower_scalar(*e.condition), self.type_of(expr.type),
          [&] { return self.lower_scalar(*e.if_true); },
          [&] { return self.lower_scalar(*e.if_false); });
    }
    llvm::Value* operator()(const hir::Cast& e) { return self.lower_cast(*e.operand, expr.type); }
    llvm::Value* operator()(const hir::IncrementVariable& e) {
      return self.lower_increment(e, expr.type);
    }
    llvm::Value* operator()(const hir::IncrementMap& e) {
      return self.lower_increment(e, expr.type);
    }
    llvm::Value* operator()(const hir::TupleField& e) {
      const types::Field& field = e.tuple->type.fields[e.index];
      return self.from_memory(b.at(self.lower_memory(*e.tuple), field.offset), expr.type);
    }
    llvm::Value* operator()(const hir::DeleteElement& e) { return self.lower_delete(e); }
    llvm::Value* operator()(const hir::HasElement& e) {
      const Memory key = self.lower_key(e.map, e.key);
      return b.CreateIsNotNull(b.lookup(self.map_index(e.map), key));
    }
    llvm::Value* operator()(const hir::MapLength& e) { return self.lower_length(e); }
    llvm::Value* operator()(const hir::StringLength& e) { return self.lower_string_length(e); }
    llvm::Value* operator()(const hir::StringsDiffer& e) { return self.lower_strings_differ(e); }
    llvm::Value* operator()(const hir::StringLiteral&) { SCRY_CHECK(false); }
    llvm::Value* operator()(const hir::StringAtPointer&) { SCRY_CHECK(false); }
    llvm::Value* operator()(const hir::TupleValue&) { SCRY_CHECK(false); }
    llvm::Value* operator()(const hir::Symbol&) { SCRY_CHECK(false); }
    llvm::Value* operator()(const hir::TextOf&) { SCRY_CHECK(false); }
    llvm::Value* operator()(const hir::Call& e) { return self.lower_call(e, expr.type); }
  };
  const PlaceOfExpr place(b_, expr.span);
  return std::visit(Visitor{*this, expr}, expr.node);
}

llvm::Value* ProbeLowering::lower_unary(const hir::Unary& unary) {
  llvm::Value* operand = lower_scalar(*unary.operand);
  switch (unary.op) {
    case hir::UnaryOp::Negate: return b_.CreateNeg(operand);
    case hir::UnaryOp::BitNot: return b_.CreateNot(operand);
    case hir::UnaryOp::Not: return b_.CreateNot(operand);
  }
  SCRY_CHECK(false);
}

llvm::Value* ProbeLowering::lower_logical(const hir::Logical& logical) {
  llvm::Value* left = lower_scalar(*logical.left);
  const auto right = [&] { return lower_scalar(*logical.right); };
  const auto known = [&] { return b_.getInt1(!logical.is_and); };
  return logical.is_and ? b_.choose(left, b_.getInt1Ty(), right, known)
                        : b_.choose(left, b_.getInt1Ty(), known, right);
}

llvm::Value* ProbeLowering::apply(hir::BinaryOp op, llvm::Value* left, llvm::Value* right,
                                  bool is_signed) {
  // The kernel masks shift counts; LLVM would call a larger one undefined.
  const auto count = [&] { return b_.CreateAnd(right, b_.getInt64(63)); };
  switch (op) {
    case hir::BinaryOp::Add: return b_.CreateAdd(left, right);
    case hir::BinaryOp::Subtract: return b_.CreateSub(left, right);
    case hir::BinaryOp::Multiply: return b_.CreateMul(left, right);
    case hir::BinaryOp::Divide: return b_.divide(left, right, is_signed, false);
    case hir::BinaryOp::Modulo: return b_.divide(left, right, is_signed, true);
    case hir::BinaryOp::BitAnd: return b_.CreateAnd(left, right);
    case hir::BinaryOp::BitOr: return b_.CreateOr(left, right);
    case hir::BinaryOp::BitXor: return b_.CreateXor(left, right);
    case hir::BinaryOp::ShiftLeft: return b_.CreateShl(left, count());
    case hir::BinaryOp::ShiftRight:
      return is_signed ? b_.CreateAShr(left, count()) : b_.CreateLShr(left, count());
    case hir::BinaryOp::Equal: return b_.CreateICmpEQ(left, right);
    case hir::BinaryOp::NotEqual: return b_.CreateICmpNE(left, right);
    case hir::BinaryOp::Less:
      return is_signed ? b_.CreateICmpSLT(left, right) : b_.CreateICmpULT(left, right);
    case hir::BinaryOp::LessEqual:
      return is_signed ? b_.CreateICmpSLE(left, right) : b_.CreateICmpULE(left, right);
    case hir::BinaryOp::Greater:
      return is_signed ? b_.CreateICmpSGT(left, right) : b_.CreateICmpUGT(left, right);
    case hir::BinaryOp::GreaterEqual:
      return is_signed ? b_.CreateICmpSGE(left, right) : b_.CreateICmpUGE(left, right);
  }
  SCRY_CHECK(false);
}

llvm::Value* ProbeLowering::lower_binary(const hir::Binary& binary) {
  if (binary.left->type.is_memory()) return lower_compare_memory(binary);
  llvm::Value* left = lower_scalar(*binary.left);
  llvm::Value* right = lower_scalar(*binary.right);
  return apply(binary.op, left, right, binary.left->type.is_signed);
}

llvm::Value* ProbeLowering::lower_cast(const hir::Expr& operand, const Type& to) {
  llvm::Value* value = lower_scalar(operand);
  if (to.is(Kind::Bool)) {
    if (value->getType()->isIntegerTy(1)) return value;
    return b_.CreateICmpNE(value, llvm::Constant::getNullValue(value->getType()));
  }
  return b_.CreateIntCast(value, type_of(to), operand.type.is_signed);
}

llvm::Value* ProbeLowering::lower_increment(const hir::IncrementVariable& increment,
                                            const Type& type) {
  llvm::Value* slot = scalars_[static_cast<size_t>(increment.id)];
  llvm::Value* before = b_.CreateLoad(type_of(type), slot);
  llvm::Value* after =
      b_.CreateAdd(before, llvm::ConstantInt::getSigned(type_of(type), increment.step));
  b_.CreateStore(after, slot);
  return increment.is_prefix ? after : before;
}

llvm::Value* ProbeLowering::lower_deref(const hir::Deref& deref, const Type& type) {
  llvm::Value* address = lower_scalar(*deref.pointer);
  const Memory buffer = b_.allocate(8);
  b_.store_bits(buffer, 0, b_.getInt64(0));
  b_.probe_read(buffer, b_.getInt32(type.size), address, is_user_address(deref.pointer->type));
  return from_memory(buffer, type);
}

// --- memory values --------------------------------------------------------------------------------

bool ProbeLowering::is_string_read(const hir::Expr& expr) {
  return std::holds_alternative<hir::StringAtPointer>(expr.node) ||
         (std::holds_alternative<hir::Member>(expr.node) && expr.type.is(Kind::String)) ||
         std::holds_alternative<hir::TracepointField>(expr.node);
}

llvm::Value* ProbeLowering::read_string(const hir::Expr& expr, const Memory& to, uint32_t size) {
  if (const auto* field = std::get_if<hir::TracepointField>(&expr.node))
    return read_record_string(*field, to, size);
  if (const auto* member = std::get_if<hir::Member>(&expr.node))
    return read_string_at(*member, to, size);
  return read_string_at(std::get<hir::StringAtPointer>(expr.node), to, size);
}

Memory ProbeLowering::lower_memory(const hir::Expr& expr) {
  const PlaceOfExpr place(b_, expr.span);
  if (const auto* literal = std::get_if<hir::StringLiteral>(&expr.node)) {
    std::string bytes = literal->bytes;
    bytes.resize(round_up(expr.type.size));
    return {module_.constant_bytes(bytes), 8};
  }
  if (const auto* parameter = std::get_if<hir::Parameter>(&expr.node))
    return {
        module_.map_value(module_.parameter_map(), (parameter->index - 1) * plan::kParameterSize),
        8};
  if (const auto* variable = std::get_if<hir::Variable>(&expr.node))
    return buffers_[static_cast<size_t>(variable->id)];
  if (const auto* read = std::get_if<hir::MapRead>(&expr.node))
    return lower_map_memory(*read, expr.type);
  if (const auto* field = std::get_if<hir::TupleField>(&expr.node))
    return b_.at(lower_memory(*field->tuple), field->tuple->type.fields[field->index].offset);
  if (is_string_read(expr)) {
    const Memory buffer = b_.allocate(expr.type.size, expr.type.size);
    b_.fill_tail(buffer, read_string(expr, buffer, expr.type.size), expr.type.size);
    return buffer;
  }
  const Memory buffer = b_.allocate(expr.type.size);
  lower_into(expr, buffer, expr.type.size);
  return buffer;
}

void ProbeLowering::lower_into(const hir::Expr& expr, const Memory& to, uint32_t size,
                               bool is_record) {
  const PlaceOfExpr place(b_, expr.span);
  const Type& type = expr.type;
  if (!type.is_memory()) {
    to_memory(to, lower_scalar(expr));
    return;
  }
  if (is_string_read(expr) && is_record) {
    // A failed read leaves the record as it was: say "empty" first.
    b_.store_bits(to, 0, b_.getInt8(0));
    read_string(expr, to, std::min(size, type.size));
    return;
  }
  if (type.is(Kind::KernelStack) || type.is(Kind::UserStack)) {
    // Other nodes of these types are places, or choices between them.
    if (std::holds_alternative<hir::Builtin>(expr.node)) return lower_stack(type, to);
  }
  if (const auto* symbol = std::get_if<hir::Symbol>(&expr.node))
    return lower_symbol(*symbol, type, to);
  if (const auto* call = std::get_if<hir::Call>(&expr.node)) {
    if (!is_record) b_.zero(to, size);
    return lower_call_into(*call, type, to);
  }
  if (const auto* text = std::get_if<hir::TextOf>(&expr.node)) {
    if (!is_record) b_.zero(to, size);
    return lower_text_of(*text, type, to);
  }
  if (std::holds_alternative<hir::IntLiteral>(expr.node))
    return b_.zero(to, size);  // sema's zero()
  if (const auto* builtin = std::get_if<hir::Builtin>(&expr.node)) {
    SCRY_CHECK(builtin->id == lang::BuiltinId::Comm);
    // Zero first: 6.1's helper leaves what is after the NUL as it was.
    const uint32_t comm_size = std::min(size, type.size);
    b_.zero(to, comm_size);
    b_.call(Helper::GetCurrentComm, {to.address, b_.getInt32(comm_size)});
  } else if (const auto* tuple = std::get_if<hir::TupleValue>(&expr.node)) {
    b_.zero(to, size);  // padding takes part in keys
    for (size_t i = 0; i < tuple->elements.size(); ++i)
      lower_into(*tuple->elements[i], b_.at(to, type.fields[i].offset), type.fields[i].type->size);
    return;
  } else if (const auto* choice = std::get_if<hir::Conditional>(&expr.node)) {
    b_.when(
        lower_scalar(*choice->condition),
        [&] { lower_into(*choice->if_true, to, size, is_record); },
        [&] { lower_into(*choice->if_false, to, size, is_record); });
    return;
  } else if (const auto* member = std::get_if<hir::Member>(&expr.node)) {
    b_.probe_read(to, b_.getInt32(std::min(size, type.size)), member_address(*member),
                  is_user_address(member->base->type));
  } else if (const auto* cast = std::get_if<hir::Cast>(&expr.node)) {
    lower_into(*cast->operand, to, size, is_record);
    return;
  } else {
    b_.copy(to, lower_memory(expr), std::min(size, type.size));
  }
  if (size > type.size) b_.zero(b_.at(to, type.size), size - type.size);
}

llvm::Value* ProbeLowering::read_string_at(const hir::StringAtPointer& string, const Memory& to,
                                           uint32_t size) {
  llvm::Value* address = lower_scalar(*string.pointer);
  llvm::Value* limit = b_.getInt32(size);
  if (string.length) {
    // str(p, n) reads up to n bytes, of which the last becomes the NUL.
    llvm::Value* length = b_.opaque(lower_scalar(*string.length));
    length =
        b_.CreateSelect(b_.CreateICmpULT(length, b_.getInt64(size)), length, b_.getInt64(size));
    limit = b_.CreateTrunc(length, b_.getInt32Ty());
  }
  return read_text(to, limit, address, size, is_user_address(string.pointer->type));
}

llvm::Value* ProbeLowering::read_text(const Memory& to, llvm::Value* limit, llvm::Value* address,
                                      uint32_t size, bool is_user) {
  const Helper helper = is_user ? Helper::ProbeReadUserStr : Helper::ProbeReadKernelStr;
  llvm::Value* read = b_.call(helper, {to.address, limit, address});
  b_.count_failed_read(helper, read);
  // A string that fills its place keeps its last character instead of the NUL: so the runtime sees that it was cut.
  b_.when(b_.CreateICmpEQ(read, b_.getInt64(size)), [&] {
    b_.probe_read(b_.at(to, size - 1), b_.getInt32(1), b_.CreateAdd(address, b_.getInt64(size - 1)),
                  is_user);
  });
  return b_.CreateSelect(b_.CreateICmpSLT(read, b_.getInt64(0)), b_.getInt64(0), read);
}

namespace {

// A Cast between string sizes changes nothing for a comparison.
const hir::Expr& without_string_casts(const hir::Expr& expr) {
  const auto* cast = std::get_if<hir::Cast>(&expr.node);
  return cast && cast->operand->type.is(Kind::String) ? without_string_casts(*cast->operand) : expr;
}

}  // namespace

llvm::Value* ProbeLowering::lower_compare_memory(const hir::Binary& binary) {
  llvm::Value* difference = lower_difference(*binary.left, *binary.right, UINT32_MAX);
  return binary.op == hir::BinaryOp::Equal ? b_.CreateICmpEQ(difference, b_.getInt64(0))
                                           : b_.CreateICmpNE(difference, b_.getInt64(0));
}

llvm::Value* ProbeLowering::lower_strings_differ(const hir::StringsDiffer& strings) {
  llvm::Value* difference = lower_difference(*strings.left, *strings.right, strings.count);
  return b_.CreateZExt(b_.CreateICmpNE(difference, b_.getInt64(0)), b_.getInt64Ty());
}

llvm::Value* ProbeLowering::lower_string_length(const hir::StringLength& length) {
  const Memory text = lower_memory(*length.string);
  return b_.first_where(length.string->type.size, length.string->type.size, [&](llvm::Value* i) {
    llvm::Value* byte = b_.load_bits({b_.CreateGEP(b_.getInt8Ty(), text.address, i), 1}, 0, 1);
    return b_.CreateICmpEQ(byte, b_.getInt8(0));
  });
}

// Not 0 if the first `count` bytes of two places differ, by words: both are zero after their contents. A
// longer one must have ended where the shorter one does.
llvm::Value* ProbeLowering::lower_difference(const hir::Expr& a_expr, const hir::Expr& b_expr,
                                             uint32_t count) {
  const hir::Expr& left = without_string_casts(a_expr);
  const hir::Expr& right = without_string_casts(b_expr);
  const Memory a = lower_memory(left);
  const Memory b = lower_memory(right);
  const uint32_t shorter = std::min(left.type.size, right.type.size);
  const uint32_t size = std::min(shorter, count);
  const uint32_t widest = std::min({8u, a.alignment, b.alignment});
  llvm::Value* difference = b_.getInt64(0);
  const auto compare = [&](const Memory& x, const Memory& y, uint32_t bytes) {
    llvm::Value* bits = b_.CreateXor(b_.load_bits(x, 0, bytes), b_.load_bits(y, 0, bytes));
    difference = b_.CreateOr(difference, b_.CreateZExt(bits, b_.getInt64Ty()));
  };
  constexpr uint32_t kLongestUnrolled = 128;
  uint32_t done = 0;
  if (size > kLongestUnrolled) {
    llvm::AllocaInst* found = b_.variable(b_.getInt64Ty());
    b_.CreateStore(b_.getInt64(0), found);
    b_.loop(size / widest, [&](llvm::Value* i, llvm::BasicBlock* leave) {
      llvm::Value* offset = b_.CreateMul(i, b_.getInt64(widest));
      difference = b_.getInt64(0);
      compare({b_.CreateGEP(b_.getInt8Ty(), a.address, offset), widest},
              {b_.CreateGEP(b_.getInt8Ty(), b.address, offset), widest}, widest);
      b_.CreateStore(difference, found);
      llvm::BasicBlock* next = b_.block("same");
      b_.CreateCondBr(b_.CreateICmpEQ(difference, b_.getInt64(0)), next, leave);
      b_.SetInsertPoint(next);
    });
    difference = b_.CreateLoad(b_.getInt64Ty(), found);
    done = size / widest * widest;
  }
  while (done < size) {
    uint32_t step = widest;
    while (step > size - done) step /= 2;
    compare(b_.at(a, done), b_.at(b, done), step);
    done += step;
  }
  if (left.type.size != right.type.size && count > size) {
    const Memory& longer = left.type.size > size ? a : b;
    difference =
        b_.CreateOr(difference, b_.CreateZExt(b_.load_bits(longer, size, 1), b_.getInt64Ty()));
  }
  return difference;
}

}  // namespace scry::codegen
