// printf and its like, print, exit: what is sent to the runtime.
#include <fmt/format.h>

#include "sema/builtins/hooks.h"
#include "sema/format.h"

namespace scry::sema::builtins {

using lang::EventKind;
using types::Kind;

namespace {

lang::EventFormat event(EventKind kind, const BuiltinUse& use) {
  lang::EventFormat format;
  format.kind = kind;
  format.span = use.span;
  return format;
}

EventKind formatting_event(lang::BuiltinId id) {
  switch (id) {
    case lang::BuiltinId::Errorf: return EventKind::Errorf;
    case lang::BuiltinId::Warnf: return EventKind::Warnf;
    case lang::BuiltinId::Cat: return EventKind::Cat;
    case lang::BuiltinId::System: return EventKind::System;
    default: return EventKind::Printf;
  }
}

// Does the conversion print a value of the type?
bool accepts(std::string_view conversion, const Type& type) {
  if (conversion == "s")
    return !type.is_none() && (!type.is_aggregation() || type.is_castable_aggregation());
  if (conversion == "c") return type.is_integer();
  if (conversion[0] == 'r') return type.is(Kind::Buffer);
  return type.is_integer() || type.is(Kind::Pointer);
}

// The argument as the event carries it; null after an error.
ExprPtr printf_argument(Lowering& l, const ast::Expr& arg, const std::string& conversion) {
  const bool wants_string = conversion == "s";
  ExprPtr value = wants_string ? l.lower_as_string(arg) : l.lower(arg);
  if (value->type.is_poison()) return nullptr;
  const Type* aggregation = l.aggregation_of(*value);
  if (aggregation && !wants_string) {
    l.report<Id::FormatMismatch>(arg.span, describe(*aggregation), conversion)
        .hint("cast it to an integer: `(int64)…`");
    return nullptr;
  }
  if (!accepts(conversion, value->type)) {
    l.report<Id::FormatMismatch>(arg.span, describe(value->type), conversion);
    return nullptr;
  }
  return to_stored(std::move(value));
}

// print()'s top and div: literals, or positional parameters.
ExprPtr print_limit(Lowering& l, const BuiltinUse& use, const ast::Expr& arg) {
  ExprPtr value = l.lower(arg);
  if (value->type.is_poison()) return nullptr;
  const auto known = constant(*value);
  const bool is_given = known || (is_parameter(*value) && value->type.is(Kind::Int));
  if (is_given && (!known || *known >= 0)) return convert(std::move(value), types::uint64());
  l.report<Id::LiteralArgument>(arg.span, use.name(), "int", describe(value->type));
  return nullptr;
}

void print_map(Lowering& l, const BuiltinUse& use, MapId id) {
  if (!l.check_written(id, use.args[0]->span)) return;
  if (use.args.size() > 1 && l.unit().maps[id].value.is(Kind::Stats))
    l.report<Id::LimitsOfStats>(use.span);
  std::vector<ExprPtr> limits;
  for (size_t i = 1; i < use.args.size(); ++i) {
    ExprPtr limit = print_limit(l, use, *use.args[i]);
    if (!limit) return;
    limits.push_back(std::move(limit));
  }
  lang::EventFormat format = event(EventKind::PrintMap, use);
  format.map = static_cast<uint32_t>(id);
  l.emit_event(std::move(format), std::move(limits));
}

}  // namespace

void printf(Lowering& l, const BuiltinUse& use) {
  const auto* text = std::get_if<ast::String>(&l.unit().macros.behind(*use.args[0]).node);
  if (!text) {
    const ExprPtr value = l.lower(*use.args[0]);
    if (!value->type.is_poison())
      l.report<Id::LiteralArgument>(use.args[0]->span, use.name(), "string", describe(value->type))
          .hint(fmt::format("write the format first: `{}(\"%s\\n\", …)`", use.name()));
    return;
  }
  const std::vector<std::string> wanted = conversions(text->value);
  const size_t given = use.args.size() - 1;
  bool is_wrong = false;
  if (given != wanted.size()) {
    if (given < wanted.size())
      l.report<Id::FormatTooFew>(use.span, given, wanted.size());
    else
      l.report<Id::FormatTooMany>(use.span, given, wanted.size());
    is_wrong = true;
  }
  for (const std::string& conversion : wanted) {
    const bool is_refused = conversion.size() == 1 &&
                            std::string_view("efgan").find(conversion) != std::string_view::npos;
    if (is_refused) l.report<Id::UnsupportedFormat>(use.args[0]->span, conversion);
    if (conversion == "gr") l.not_supported(use.args[0]->span, "`%gr`");
    is_wrong |= is_refused || conversion == "gr";
  }
  std::vector<ExprPtr> arguments;
  for (size_t i = 0; i < given; ++i) {
    // Without a partner an argument is still checked in itself.
    if (is_wrong || i >= wanted.size()) {
      l.lower(*use.args[i + 1]);
      continue;
    }
    ExprPtr argument = printf_argument(l, *use.args[i + 1], wanted[i]);
    if (argument) arguments.push_back(std::move(argument));
  }
  if (is_wrong || arguments.size() != given) return;
  lang::EventFormat format = event(formatting_event(use.id), use);
  format.text = text->value;
  l.emit_event(std::move(format), std::move(arguments));
}

// join(argv, [separator]): the addresses of up to 16 strings, then the strings; the runtime sees where the list ends.
void join(Lowering& l, const BuiltinUse& use) {
  constexpr int kMostStrings = 16;
  constexpr uint32_t kLongest = 1024;
  std::string separator = " ";
  if (use.args.size() > 1) {
    const auto given = literal_argument(l, use, 1);
    if (!given) return;
    separator = *given;
  }
  ExprPtr list = l.lower(*use.args[0]);
  if (list->type.is_poison()) return;
  if (!list->type.is(Kind::Pointer) && !list->type.is_integer()) {
    l.report<Id::AddressArgument>(use.args[0]->span, use.name());
    return;
  }
  const types::AddressSpace space =
      list->type.is(Kind::Pointer) && list->type.address_space != types::AddressSpace::None
          ? list->type.address_space
          : l.address_space();
  list = to_8_bytes(std::move(list));
  const Type text = types::pointer(types::integer(1, true), space);
  const auto element = [&](int i) {
    ExprPtr place = make(hir::Binary{hir::BinaryOp::Add, clone(*list),
                                     convert(integer_literal(8 * i, use.span), list->type)},
                         list->type, use.span);
    place = convert(std::move(place), types::pointer(text, space));
    return make(hir::Deref{std::move(place)}, text, use.span);
  };
  std::vector<ExprPtr> arguments;
  for (int i = 0; i < kMostStrings; ++i) arguments.push_back(convert(element(i), types::uint64()));
  for (int i = 0; i < kMostStrings; ++i)
    arguments.push_back(make(hir::StringAtPointer{element(i), nullptr},
                             types::string(std::min(kLongest, l.unit().max_string_size())),
                             use.span));
  lang::EventFormat format = event(EventKind::Join, use);
  format.text = separator;
  l.emit_event(std::move(format), std::move(arguments));
}

void time(Lowering& l, const BuiltinUse& use) {
  lang::EventFormat format = event(EventKind::Time, use);
  format.text = "%H:%M:%S\n";
  if (!use.args.empty()) {
    const auto given = literal_argument(l, use, 0);
    if (!given) return;
    format.text = *given;
  }
  l.emit_event(std::move(format), {});
}

void print(Lowering& l, const BuiltinUse& use) {
  const ast::Expr& subject = *use.args[0];
  const auto* map = std::get_if<ast::Map>(&subject.node);
  if (map && map->keys.empty()) return print_map(l, use, l.unit().maps.id(map->name));
  if (use.args.size() > 1) {
    l.report<Id::PrintTakesOne>(use.span, use.args.size());
    return;
  }
  ExprPtr value = l.lower(subject);
  // Not yet known what `$1` is: its text is right either way.
  if (!l.unit().options.parameters) value = parameter_as_string(std::move(value));
  if (value->type.is_poison()) return;
  if (map && value->type.is_aggregation()) {
    l.report<Id::ElementNotPrintable>(subject.span, describe(value->type));
    return;
  }
  if (value->type.is_none() || value->type.is_aggregation()) {
    l.report<Id::NotPrintable>(subject.span, types::to_string(value->type));
    return;
  }
  std::vector<ExprPtr> arguments;
  arguments.push_back(to_stored(std::move(value)));
  l.emit_event(event(EventKind::PrintValue, use), std::move(arguments));
}

void exit(Lowering& l, const BuiltinUse& use) {
  ExprPtr status = integer_literal(0, use.span);
  if (!use.args.empty()) {
    status = l.lower(*use.args[0]);
    if (!status->type.is_poison() && !status->type.is_integer())
      status = l.refuse<Id::IntegerArgument>(use.args[0]->span, use.name(), describe(status->type));
  }
  std::vector<ExprPtr> arguments;
  arguments.push_back(convert(std::move(status), types::int64()));
  l.emit_event(event(EventKind::Exit, use), std::move(arguments));
  l.emit(hir::Return{}, use.span);
}

}  // namespace scry::sema::builtins
