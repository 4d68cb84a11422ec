// Builtin variables.
#include <fmt/format.h>

#include <algorithm>

#include "sema/builtins/hooks.h"

namespace scry::sema::builtins {

namespace {

// Function arguments that x86-64 passes in registers.
constexpr uint32_t kRegisterArguments = 6;

ExprPtr plain(const BuiltinUse& use, Type type) {
  return make(hir::Builtin{use.id, use.number}, std::move(type), use.span);
}

// The one argument as a bare word (`boot` in `nsecs(boot)`), or "".
std::string_view word(const BuiltinUse& use) {
  const auto* name =
      use.args.size() == 1 ? std::get_if<ast::Identifier>(&use.args[0]->node) : nullptr;
  return name ? std::string_view(name->name) : "";
}

ExprPtr with_arguments(Lowering& l, const BuiltinUse& use) {
  return l.not_supported(use.span, fmt::format("`{}()` with this argument", use.name()));
}

}  // namespace

ExprPtr task_id(Lowering& l, const BuiltinUse& use) {
  if (!use.args.empty() && word(use) != "curr_ns") return with_arguments(l, use);
  return plain(use, types::uint32());
}

// Of the type that its prototype names.
ExprPtr plain_number(Lowering& l, const BuiltinUse& use) {
  if (!use.args.empty()) return with_arguments(l, use);
  const std::string_view prototype = lang::row(use.id).prototype;
  const std::string_view type = prototype.substr(0, prototype.find(' '));
  if (type == "bool") return plain(use, types::boolean());
  return plain(use, type == "uint32" ? types::uint32() : types::uint64());
}

ExprPtr comm(Lowering& l, const BuiltinUse& use) {
  if (!use.args.empty()) return with_arguments(l, use);
  return plain(use, types::string(16));
}

ExprPtr nsecs(Lowering& l, const BuiltinUse& use) {
  // By the number that hir::Builtin carries.
  constexpr std::string_view kClocks[] = {"boot", "monotonic", "tai"};
  uint32_t clock = 0;
  if (!use.args.empty()) {
    const auto* const found = std::find(std::begin(kClocks), std::end(kClocks), word(use));
    if (word(use) == "sw_tai") return with_arguments(l, use);
    if (found == std::end(kClocks))
      return l.refuse<Id::TimestampMode>(use.args[0]->span, word(use));
    clock = static_cast<uint32_t>(found - std::begin(kClocks));
  }
  return make(hir::Builtin{use.id, clock}, types::uint64(), use.span);
}

// Without the kernel's types it is a plain address.
ExprPtr curtask(Lowering& l, const BuiltinUse& use) {
  if (!use.args.empty()) return with_arguments(l, use);
  if (!l.unit().facts.btf()) return plain(use, types::uint64());
  return plain(use, types::pointer(types::structure("task_struct"), types::AddressSpace::Kernel));
}

// Of the current task, or of the one that is given: members of its parent or of its group's leader.
ExprPtr relative(Lowering& l, const BuiltinUse& use) {
  using lang::BuiltinId;
  if (use.args.size() > 1)
    return l.refuse<Id::TooManyArguments>(use.span, use.name(), "one argument", use.args.size());
  const Type pointer = types::pointer(types::structure("task_struct"), types::AddressSpace::Kernel);
  ExprPtr task = make(hir::Builtin{BuiltinId::Curtask, 0}, pointer, use.span);
  if (!use.args.empty()) {
    task = l.lower(*use.args[0]);
    if (task->type.is_poison()) return task;
    if (!task->type.is(types::Kind::Pointer) || task->type.element->name != "task_struct")
      return l.refuse<Id::TaskArgument>(use.args[0]->span, use.name(), describe(task->type));
  }
  const bool is_parent = use.id == BuiltinId::Ppid || use.id == BuiltinId::Pcomm;
  task = l.member(std::move(task), "task_struct", is_parent ? "real_parent" : "group_leader",
                  use.span);
  if (task->type.is_poison()) return task;
  if (use.id == BuiltinId::Pcomm || use.id == BuiltinId::LeaderComm)
    return l.member(std::move(task), "task_struct", "comm", use.span);
  ExprPtr id = l.member(std::move(task), "task_struct", is_parent ? "tgid" : "pid", use.span);
  return id->type.is_poison() ? std::move(id) : convert(std::move(id), types::uint32());
}

// By the registers that the probe was given; BEGIN and END run for scry itself.
ExprPtr usermode(Lowering& l, const BuiltinUse& use) {
  using lang::ProbeKind;
  if (!use.args.empty()) return with_arguments(l, use);
  switch (l.probe_kind()) {
    case ProbeKind::Begin:
    case ProbeKind::End: return convert(integer_literal(1, use.span), types::integer(1, false));
    case ProbeKind::Kprobe:
    case ProbeKind::Kretprobe:
    case ProbeKind::Uprobe:
    case ProbeKind::Uretprobe:
    case ProbeKind::Usdt:
    case ProbeKind::Interval:
    case ProbeKind::Profile:
    case ProbeKind::Software: return plain(use, types::integer(1, false));
    default: return l.not_supported(use.span, "`usermode` in this probe");
  }
}

ExprPtr default_str_length(Lowering& l, const BuiltinUse& use) {
  if (!use.args.empty()) return with_arguments(l, use);
  return integer_literal(Wide{l.unit().max_string_size()}, use.span);
}

ExprPtr in_address_space(Lowering& l, const BuiltinUse& use) {
  ExprPtr value = l.lower(*use.args[0]);
  if (value->type.is_poison()) return value;
  const auto space =
      use.id == lang::BuiltinId::Kptr ? types::AddressSpace::Kernel : types::AddressSpace::User;
  if (value->type.is_integer())
    return convert(to_8_bytes(std::move(value)), types::pointer(types::none(), space));
  if (!value->type.is(types::Kind::Pointer))
    return l.refuse<Id::NotAnAddress>(use.span, use.name(), describe(value->type));
  Type type = value->type;
  type.address_space = space;
  return convert(std::move(value), type);
}

ExprPtr retval(Lowering& l, const BuiltinUse& use) {
  if (l.probe_kind() == lang::ProbeKind::Fexit && use.args.empty()) return l.typed_result(use.span);
  if (l.probe_kind() != lang::ProbeKind::Uretprobe && l.probe_kind() != lang::ProbeKind::Kretprobe)
    return l.refuse<Id::RetvalNotHere>(use.span);
  if (!use.args.empty()) return with_arguments(l, use);
  return plain(use, types::uint64());
}

ExprPtr arg(Lowering& l, const BuiltinUse& use) {
  const lang::ProbeKind kind = l.probe_kind();
  const bool is_raw = kind == lang::ProbeKind::RawTracepoint;
  const bool is_static = kind == lang::ProbeKind::Usdt;
  if (!is_raw && !is_static && kind != lang::ProbeKind::Uprobe && kind != lang::ProbeKind::Kprobe)
    return l.refuse<Id::ArgNotHere>(use.span, use.number);
  if (!is_raw && use.number >= (is_static ? lang::kStaticArguments : kRegisterArguments))
    return l.refuse<Id::ArgOutOfRange>(use.span, use.number);
  return plain(use, types::int64());
}

// `args.x` is a Field expression and does not come here.
ExprPtr args(Lowering& l, const BuiltinUse& use) {
  if (l.probe_kind() == lang::ProbeKind::Uprobe)
    return l.not_supported(use.span, "`args` of a function");
  if (!lang::has_typed_arguments(l.probe_kind()) && l.probe_kind() != lang::ProbeKind::Tracepoint)
    return l.refuse<Id::ArgsNotHere>(use.span, lang::row(l.probe_kind()).name);
  return l.refuse<Id::ArgsIsNoValue>(use.span);
}

ExprPtr probe(Lowering& l, const BuiltinUse& use) {
  if (!use.args.empty()) return with_arguments(l, use);
  return plain(use, types::probe_name());
}

// Known here: a body's attach points are of one kind.
ExprPtr probetype(Lowering& l, const BuiltinUse& use) {
  if (!use.args.empty()) return with_arguments(l, use);
  return string_literal(lang::type_name(l.probe_kind()), use.span);
}

}  // namespace scry::sema::builtins
