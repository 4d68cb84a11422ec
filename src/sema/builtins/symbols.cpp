// Stacks and symbols: addresses that the runtime turns into names.
#include <algorithm>

#include "sema/builtins/hooks.h"

namespace scry::sema::builtins {

using types::Kind;

namespace {

constexpr uint32_t kDefaultFrames = 127;

struct StackShape {
  std::string mode;
  uint32_t most_frames = kDefaultFrames;
};

// A word in the first place is a mode. False after an error.
bool read_mode(Lowering& l, const BuiltinUse& use, StackShape& shape) {
  const Span span = use.args[0]->span;
  const auto* word = std::get_if<ast::Identifier>(&l.unit().macros.behind(*use.args[0]).node);
  if (!word) {
    l.report<Id::StackModeFirst>(span);
    return false;
  }
  if (word->name == "build_id") {
    if (use.id == lang::BuiltinId::Kstack)
      l.report<Id::BuildIdOfKernel>(span);
    else
      l.not_supported(span, "stack mode `build_id`");
    return false;
  }
  if (word->name != "bpftrace" && word->name != "perf" && word->name != "raw") {
    l.report<Id::StackMode>(span, use.name());
    return false;
  }
  shape.mode = word->name;
  return true;
}

bool read_limit(Lowering& l, const BuiltinUse& use, const ast::Expr& arg, StackShape& shape) {
  const ExprPtr limit = l.lower(arg);
  if (limit->type.is_poison()) return false;
  const auto known = constant(*limit);
  if (!known || *known < 1) {
    l.report<Id::StackLimit>(arg.span, use.name());
    return false;
  }
  if (*known > Wide{types::kMostFrames}) {
    l.report<Id::StackLimitTooHigh>(arg.span, use.name(), types::kMostFrames,
                                    static_cast<uint64_t>(*known));
    return false;
  }
  shape.most_frames = static_cast<uint32_t>(*known);
  return true;
}

}  // namespace

// kstack, kstack(mode), kstack(limit), kstack(mode, limit).
ExprPtr stack(Lowering& l, const BuiltinUse& use) {
  if (use.args.size() > 2)
    return l.refuse<Id::TooManyArguments>(use.span, use.name(), "two arguments", use.args.size());
  StackShape shape{l.unit().config.text(lang::ConfigKey::StackMode)};
  const bool has_mode = use.args.size() == 2 ||
                        (use.args.size() == 1 && std::holds_alternative<ast::Identifier>(
                                                     l.unit().macros.behind(*use.args[0]).node));
  if (has_mode && !read_mode(l, use, shape)) return poison(use.span);
  const bool has_limit = use.args.size() > (has_mode ? 1 : 0);
  if (has_limit && !read_limit(l, use, *use.args.back(), shape)) return poison(use.span);
  l.unit().most_frames = std::max(l.unit().most_frames, shape.most_frames);
  const Kind kind = use.id == lang::BuiltinId::Kstack ? Kind::KernelStack : Kind::UserStack;
  return make(hir::Builtin{use.id, 0}, types::stack(kind, shape.mode, shape.most_frames), use.span);
}

// The function that the probe hangs at, as an address.
ExprPtr func(Lowering& l, const BuiltinUse& use) {
  using lang::ProbeKind;
  const ProbeKind probe = l.probe_kind();
  const bool is_kernel = probe == ProbeKind::Kprobe || probe == ProbeKind::Kretprobe ||
                         probe == ProbeKind::Fentry || probe == ProbeKind::Fexit;
  const bool is_user = probe == ProbeKind::Uprobe || probe == ProbeKind::Uretprobe;
  if (!is_kernel && !is_user) return l.refuse<Id::FuncNotHere>(use.span, lang::row(probe).name);
  ExprPtr address = make(hir::Builtin{use.id, 0}, types::uint64(), use.span);
  return make(hir::Symbol{std::move(address)},
              types::symbol(is_kernel ? Kind::KernelSymbol : Kind::UserSymbol), use.span);
}

ExprPtr symbol(Lowering& l, const BuiltinUse& use) {
  ExprPtr address = l.lower(*use.args[0]);
  if (address->type.is_poison()) return poison(use.span);
  if (!address->type.is_integer() && !address->type.is(Kind::Pointer))
    return l.refuse<Id::AddressArgument>(use.args[0]->span, use.name());
  const Kind kind = use.id == lang::BuiltinId::Ksym ? Kind::KernelSymbol : Kind::UserSymbol;
  return make(hir::Symbol{convert(std::move(address), types::uint64())}, types::symbol(kind),
              use.span);
}

}  // namespace scry::sema::builtins
