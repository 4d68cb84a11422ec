// Numbers that are shown as text, or swapped, or sent: times, users, errors, signals.
#include <fmt/format.h>
#include <signal.h>
#include <string.h>

#include <algorithm>

#include "sema/builtins/hooks.h"

namespace scry::sema::builtins {

using lang::BuiltinId;
using types::Kind;

namespace {

constexpr int kErrorCount = 134;  // include/uapi/asm-generic/errno.h
constexpr int kSignalCount = 65;

// What libc says of the numbers below `count`.
std::vector<std::string> texts_of(int count, const char* (*text_of)(int)) {
  std::vector<std::string> texts;
  for (int number = 0; number < count; ++number) {
    const char* text = text_of(number);
    texts.emplace_back(text ? text : "");
  }
  return texts;
}

std::vector<std::string> syscall_texts(kernel::KernelFacts& facts) {
  std::vector<std::string> texts;
  for (const kernel::SyscallNumber& call : facts.syscalls()) {
    if (call.number >= texts.size()) texts.resize(call.number + 1);
    texts[call.number] = call.name;
  }
  return texts;
}

// SIGTERM, TERM or term -> 15.
std::optional<int> signal_number(std::string name) {
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (name.starts_with("SIG")) name.erase(0, 3);
  for (int number = 1; number < kSignalCount; ++number)
    if (const char* known = ::sigabbrev_np(number); known && name == known) return number;
  return {};
}

bool may_signal(lang::ProbeKind kind) {
  using lang::ProbeKind;
  switch (kind) {
    case ProbeKind::Begin:
    case ProbeKind::End:
    case ProbeKind::Interval:
    case ProbeKind::Software:
    case ProbeKind::Hardware:
    case ProbeKind::Watchpoint:
    case ProbeKind::Iter: return false;
    default: return true;
  }
}

// Null after an error.
ExprPtr signal_argument(Lowering& l, const BuiltinUse& use) {
  const Span span = use.args[0]->span;
  const ast::Expr& written = l.unit().macros.behind(*use.args[0]);
  if (const auto* name = std::get_if<ast::String>(&written.node)) {
    if (const auto number = signal_number(name->value)) return integer_literal(*number, span);
    l.report<Id::UnknownSignal>(span, name->value);
    return nullptr;
  }
  ExprPtr number = number_argument(l, use, 0);
  const auto known = number ? constant(*number) : std::nullopt;
  if (!known || (*known >= 1 && *known < kSignalCount)) return number;
  l.report<Id::SignalRange>(span, use.name(), fmt::to_string(*known));
  return nullptr;
}

}  // namespace

ExprPtr number_argument(Lowering& l, const BuiltinUse& use, size_t index) {
  ExprPtr value = l.lower(*use.args[index]);
  if (value->type.is_poison()) return nullptr;
  if (value->type.is_integer()) return value;
  l.report<Id::IntegerArgument>(use.args[index]->span, use.name(), describe(value->type));
  return nullptr;
}

ExprPtr username(Lowering&, const BuiltinUse& use) {
  ExprPtr uid = make(hir::Builtin{BuiltinId::Uid, 0}, types::uint64(), use.span);
  return make(hir::Symbol{std::move(uid)}, types::username(), use.span);
}

// strftime(format, ns)
ExprPtr strftime(Lowering& l, const BuiltinUse& use) {
  const auto format = literal_argument(l, use, 0);
  ExprPtr ns = number_argument(l, use, 1);
  if (!format || !ns) return poison(use.span);
  if (const auto known = constant(*ns); known && *known < 0)
    return l.refuse<Id::NegativeLength>(use.args[1]->span, use.name(),
                                        static_cast<int64_t>(*known));
  return make(hir::Symbol{convert(std::move(ns), types::uint64())}, types::timestamp(*format),
              use.span);
}

ExprPtr text_of_number(Lowering& l, const BuiltinUse& use) {
  ExprPtr number = number_argument(l, use, 0);
  if (!number) return poison(use.span);
  hir::TextOf text{nullptr, {}, {}};
  switch (use.id) {
    case BuiltinId::Strerror:
      text.texts = texts_of(kErrorCount, ::strerrordesc_np), text.otherwise = "Unknown error";
      break;
    case BuiltinId::SignalName:
      text.texts = texts_of(kSignalCount, ::sigdescr_np), text.otherwise = "N/A";
      break;
    default: text.texts = syscall_texts(l.unit().facts), text.otherwise = "Unknown syscall"; break;
  }
  if (const auto known = constant(*number)) {
    const bool is_there = *known >= 0 && *known < Wide{text.texts.size()};
    const std::string found = is_there ? text.texts[static_cast<size_t>(*known)] : "";
    return string_literal(found.empty() ? text.otherwise : found, use.span);
  }
  size_t longest = text.otherwise.size();
  for (const std::string& one : text.texts) longest = std::max(longest, one.size());
  text.number = to_8_bytes(std::move(number));
  return make(std::move(text), types::string(static_cast<uint32_t>(longest) + 1), use.span);
}

ExprPtr bswap(Lowering& l, const BuiltinUse& use) {
  ExprPtr value = number_argument(l, use, 0);
  if (!value) return poison(use.span);
  const uint32_t size = value->type.is(Kind::Int) ? value->type.size : 1;
  value = convert(std::move(value), types::integer(size, false));
  hir::Call call{use.id, {}, {}};
  call.arguments.push_back(std::move(value));
  return make(std::move(call), types::integer(size, false), use.span);
}

ExprPtr kaddr(Lowering& l, const BuiltinUse& use) {
  const auto name = literal_argument(l, use, 0);
  if (!name) return poison(use.span);
  return make(hir::Call{use.id, {}, *name}, types::uint64(), use.span);
}

void signal(Lowering& l, const BuiltinUse& use) {
  if (!may_signal(l.probe_kind())) {
    l.report<Id::NotInThisProbe>(use.span, use.name(), lang::type_name(l.probe_kind()));
    return;
  }
  ExprPtr number = signal_argument(l, use);
  if (!number) return;
  hir::Call call{use.id, {}, {}};
  call.arguments.push_back(to_8_bytes(std::move(number)));
  l.emit(hir::Evaluate{make(std::move(call), types::int64(), use.span)}, use.span);
}

}  // namespace scry::sema::builtins
