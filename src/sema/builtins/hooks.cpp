#include "sema/builtins/hooks.h"

#include <fmt/format.h>

#include <array>

#include "base/strings.h"

namespace scry::sema {

namespace builtins {

namespace {

using lang::BuiltinId;
using lang::State;

struct Row {
  BuiltinId id;
  Hooks hooks;
};

constexpr Row kRows[] = {
    {BuiltinId::Pid, {.value = task_id}},
    {BuiltinId::Tid, {.value = task_id}},
    {BuiltinId::Comm, {.value = comm}},
    {BuiltinId::Nsecs, {.value = nsecs}},
    {BuiltinId::Uid, {.value = plain_number}},
    {BuiltinId::Gid, {.value = plain_number}},
    {BuiltinId::Cpu, {.value = plain_number}},
    {BuiltinId::Numaid, {.value = plain_number}},
    {BuiltinId::Ncpus, {.value = plain_number}},
    {BuiltinId::Elapsed, {.value = plain_number}},
    {BuiltinId::Jiffies, {.value = plain_number}},
    {BuiltinId::Rand, {.value = plain_number}},
    {BuiltinId::Cgroup, {.value = plain_number}},
    {BuiltinId::Cpid, {.value = plain_number}},
    {BuiltinId::HasCpid, {.value = plain_number}},
    {BuiltinId::Retval, {.value = retval}},
    {BuiltinId::Arg, {.value = arg}},
    {BuiltinId::Args, {.value = args}},
    {BuiltinId::Probe, {.value = probe}},
    {BuiltinId::Probetype, {.value = probetype}},
    {BuiltinId::UsernameVar, {.value = username}},
    {BuiltinId::Printf, {.effect = printf}},
    {BuiltinId::Errorf, {.effect = printf}},
    {BuiltinId::Warnf, {.effect = printf}},
    {BuiltinId::Cat, {.effect = printf}},
    {BuiltinId::System, {.effect = printf}},
    {BuiltinId::JoinFn, {.effect = join}},
    {BuiltinId::TimeFn, {.effect = time}},
    {BuiltinId::Print, {.effect = print}},
    {BuiltinId::Exit, {.effect = exit}},
    {BuiltinId::Delete, {.value = delete_element}},
    {BuiltinId::Clear, {.effect = change_map}},
    {BuiltinId::Zero, {.effect = change_map}},
    {BuiltinId::HasKey, {.value = has_key}},
    {BuiltinId::Count, {.aggregation = count}},
    {BuiltinId::Sum, {.aggregation = sum}},
    {BuiltinId::Avg, {.aggregation = sum}},
    {BuiltinId::Min, {.aggregation = sum}},
    {BuiltinId::Max, {.aggregation = sum}},
    {BuiltinId::Stats, {.aggregation = sum}},
    {BuiltinId::Hist, {.aggregation = hist}},
    {BuiltinId::Lhist, {.aggregation = lhist}},
    {BuiltinId::Str, {.value = str}},
    {BuiltinId::Kstack, {.value = stack}},
    {BuiltinId::Ustack, {.value = stack}},
    {BuiltinId::Ksym, {.value = symbol}},
    {BuiltinId::Usym, {.value = symbol}},
    {BuiltinId::Curtask, {.value = curtask}},
    {BuiltinId::Kptr, {.value = in_address_space}},
    {BuiltinId::Uptr, {.value = in_address_space}},
    {BuiltinId::Strlen, {.value = strlen}},
    {BuiltinId::Strncmp, {.value = strncmp}},
    {BuiltinId::Strcontains, {.value = strcontains}},
    {BuiltinId::Strstr, {.value = strstr}},
    {BuiltinId::Buf, {.value = buf}},
    {BuiltinId::Strerror, {.value = text_of_number}},
    {BuiltinId::SignalName, {.value = text_of_number}},
    {BuiltinId::SyscallName, {.value = text_of_number}},
    {BuiltinId::Ntop, {.value = ntop}},
    {BuiltinId::Bswap, {.value = bswap}},
    {BuiltinId::Kaddr, {.value = kaddr}},
    {BuiltinId::Signal, {.effect = signal}},
    {BuiltinId::SignalThread, {.effect = signal}},
    {BuiltinId::Strftime, {.value = strftime}},
    {BuiltinId::Func, {.value = func}},
    {BuiltinId::Ppid, {.value = relative}},
    {BuiltinId::LeaderTid, {.value = relative}},
    {BuiltinId::Pcomm, {.value = relative}},
    {BuiltinId::LeaderComm, {.value = relative}},
    {BuiltinId::Usermode, {.value = usermode}},
    {BuiltinId::DefaultStrLength, {.value = default_str_length}},
    {BuiltinId::Len, {.value = len}},
    {BuiltinId::Memcmp, {.value = memcmp}},
    {BuiltinId::StrConcat, {.value = str_concat}},
    {BuiltinId::Strcap, {.value = strcap}},
    {BuiltinId::Pton, {.value = pton}},
    {BuiltinId::Macaddr, {.value = macaddr}},
    {BuiltinId::Cgroupid, {.value = kaddr}},
    {BuiltinId::IsArray, {.value = is_of_type}},
    {BuiltinId::IsInteger, {.value = is_of_type}},
    {BuiltinId::IsUnsignedInteger, {.value = is_of_type}},
    {BuiltinId::IsStr, {.value = is_of_type}},
    {BuiltinId::IsPtr, {.value = is_of_type}},
    {BuiltinId::IsLiteral, {.value = is_literal}},
    {BuiltinId::IsScalar, {.value = is_scalar}},
    {BuiltinId::IsErr, {.value = is_err}},
};

constexpr State kStates[] = {
#define BUILTIN(id, name, family, prototype, flags, state, summary, example) State::state,
#include "lang/builtins.def"
};

constexpr size_t kBuiltinCount = std::size(kStates);

constexpr auto kHooks = [] {
  std::array<Hooks, kBuiltinCount> table{};
  for (const Row& row : kRows) table[static_cast<size_t>(row.id)] = row.hooks;
  return table;
}();

constexpr bool has_hook(const Hooks& hooks) {
  return hooks.value != nullptr || hooks.effect != nullptr || hooks.aggregation != nullptr;
}

constexpr bool is_complete() {
  for (size_t i = 0; i < kBuiltinCount; ++i)
    if (has_hook(kHooks[i]) != (kStates[i] == State::Ready)) return false;
  return true;
}
static_assert(is_complete(), "every builtin that is Ready, and no other, has a hook");

// How many arguments a prototype takes; a variable without parentheses takes none.
struct Arity {
  size_t least = 0;
  size_t most = 0;
};

Arity arity(std::string_view prototype) {
  const size_t open = prototype.find('(');
  Arity arity;
  if (open == prototype.npos) return arity;
  const std::string_view list = prototype.substr(open + 1, prototype.rfind(')') - open - 1);
  if (trim(list).empty()) return arity;
  for (const std::string& part : split(list, ',')) {
    const std::string_view word = trim(part);
    if (word == "…") {
      arity.most = SIZE_MAX;
      continue;
    }
    if (!word.starts_with('[')) ++arity.least;
    ++arity.most;
  }
  return arity;
}

std::string count_text(size_t count) {
  constexpr const char* kWords[] = {"no", "one", "two", "three", "four"};
  const std::string word = count < std::size(kWords) ? kWords[count] : std::to_string(count);
  return word + (count == 1 ? " argument" : " arguments");
}

}  // namespace

const Hooks& hooks(BuiltinId id) { return kHooks[static_cast<size_t>(id)]; }

}  // namespace builtins

bool Lowering::check_use(const BuiltinUse& use) {
  const lang::BuiltinRow& row = lang::row(use.id);
  if (row.state == lang::State::Planned) {
    not_supported(use.span, fmt::format("`{}`", row.name));
    return false;
  }
  if (row.is(lang::builtin_flags::Unsafe) && !unit_.options.is_unsafe) {
    if (row.family == lang::Family::Output)
      report<Id::UnsafeOutput>(use.span, row.name);
    else
      report<Id::Unsafe>(use.span, row.name);
    return false;
  }
  const auto [least, most] = builtins::arity(row.prototype);
  const size_t given = use.args.size();
  const bool is_variable = row.family == lang::Family::Variable;
  if (!use.is_call && !is_variable) {
    report<Id::NotCalled>(use.span, row.name).hint(fmt::format("write `{}(…)`", row.name));
    return false;
  }
  // pid(init), nsecs(boot), comm(pid): their own hooks know the argument.
  if (is_variable) return true;
  if (given >= least && given <= most) return true;
  if (least == most)
    report<Id::WrongArgumentCount>(use.span, row.name, builtins::count_text(least), given);
  else if (given < least)
    report<Id::TooFewArguments>(use.span, row.name, builtins::count_text(least), given);
  else
    report<Id::TooManyArguments>(use.span, row.name, builtins::count_text(most), given);
  return false;
}

ExprPtr Lowering::lower_builtin(const BuiltinUse& use) {
  if (!check_use(use)) return poison(use.span);
  const builtins::Hooks& hooks = builtins::hooks(use.id);
  if (hooks.value) return hooks.value(*this, use);
  if (hooks.aggregation) return refuse<Id::NotAssignedToMap>(use.span, use.name());
  // No value: whoever wanted one says so.
  return make(hir::IntLiteral{}, types::none(), use.span);
}

bool Lowering::lower_builtin_effect(const BuiltinUse& use) {
  const auto effect = builtins::hooks(use.id).effect;
  if (!effect || !use.is_call) return false;
  if (check_use(use)) effect(*this, use);
  return true;
}

std::optional<BuiltinUse> Lowering::find_builtin(const ast::Expr& expr) const {
  const auto* call = std::get_if<ast::Call>(&expr.node);
  if (!call) return {};
  const auto found = lang::find_builtin(call->callee.text);
  if (!found) return {};
  return BuiltinUse{found->id, found->number, expr.span, true, call->args};
}

ExprPtr Lowering::operator()(const ast::Call& e, Span span) {
  const auto found = lang::find_builtin(e.callee.text);
  if (found) return lower_builtin({found->id, found->number, span, true, e.args});
  if (unit_.has_foreign_names) return poison(span);
  diag::Diagnostic& d = report<Id::UnknownFunction>(e.callee.span, e.callee.text);
  const cdefs::Macro* macro = unit_.definitions.macro(e.callee.text);
  if (macro && macro->is_function)
    d.hint("macros of the C section with parameters serve the C section only; write a `macro`");
  else if (const auto near = nearest(e.callee.text, lang::builtin_names()))
    d.hint(fmt::format("did you mean `{}`?", *near));
  return poison(span);
}

}  // namespace scry::sema
