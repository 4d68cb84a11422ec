// `args.x` of tracepoints, and access to fields in general.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "kernel/btf_text.h"
#include "sema/kernel_types.h"
#include "sema/lowering.h"
#include "sema/type_names.h"

namespace scry::sema {

using types::Kind;

namespace {

constexpr std::string_view kEnter = "sys_enter_", kExit = "sys_exit_";

// The fields of one system call's tracepoint, as scripts see them.
struct SyscallFields {
  std::vector<std::string> names;
  std::vector<Type> types;

  void add(std::string name, Type type) {
    names.push_back(std::move(name));
    types.push_back(std::move(type));
  }
};

SyscallFields fields_of(kernel::KernelFacts& facts, const std::string& syscall, bool is_enter) {
  SyscallFields fields;
  fields.add("__syscall_nr", types::integer(4, true));
  if (!is_enter) {
    fields.add("ret", types::int64());
  } else if (const auto call = facts.syscall(syscall)) {
    for (const kernel::SyscallArgument& argument : call->arguments)
      fields.add(argument.name, c_type(argument.type, 8, false, types::AddressSpace::User));
  }
  return fields;
}

// `others` is what earlier matches of a wildcard have, none before the first.
bool fits_typed(const Type& own, const Type& others) {
  return own.is_scalar() && (others.is_none() || own == others);
}

}  // namespace

ExprPtr Lowering::operator()(const ast::Field& e, Span span) {
  const auto* object_name = std::get_if<ast::Identifier>(&e.object->node);
  if (object_name && object_name->name == "args") return args_field(e.name, e.object->span);
  ExprPtr object = lower_place(*e.object);
  if (object->type.is_poison()) return poison(span);
  return field_of(std::move(object), e.name, span);
}

ExprPtr Lowering::args_field(const ast::Name& field, Span object_span) {
  const Span span = cover(object_span, field.span);
  const lang::ProbeKind kind = probe_kind();
  if (kind == lang::ProbeKind::Uprobe) return not_supported(object_span, "`args` of a function");
  if (lang::has_typed_arguments(kind)) return raw_argument(field, span);
  if (kind != lang::ProbeKind::Tracepoint)
    return refuse<Id::ArgsNotHere>(object_span, lang::row(kind).name);
  const lang::AttachPoint& point = body_.attach_points.front();
  if (point.name.find('$') != std::string::npos)
    return not_supported(object_span, "`args` where the tracepoint is not known before the run");

  if (!point.is_syscall()) return record_field(field, span);

  const bool is_enter = point.is_syscall_enter();
  Type type = types::none();
  for (const kernel::SyscallNumber& call : unit_.facts.syscalls()) {
    const std::string event = std::string(is_enter ? kEnter : kExit) + call.name;
    if (!matches_wildcard(point.name, event)) continue;
    const SyscallFields fields = fields_of(unit_.facts, call.name, is_enter);
    const auto found = std::find(fields.names.begin(), fields.names.end(), field.text);
    if (found == fields.names.end()) return unknown_field(field, span, event, fields.names);
    const Type& own = fields.types[static_cast<size_t>(found - fields.names.begin())];
    type = unify(type, own);
    // Pointers here, integers there: the register's bits.
    if (type.is_poison()) type = types::uint64();
  }
  if (type.is_none()) return poison(span);
  return make(hir::TracepointField{field.text}, std::move(type), span);
}

std::vector<Lowering::Typed> Lowering::typed_matches(kernel::Btf& types) {
  const lang::AttachPoint& point = body_.attach_points.front();
  std::vector<Typed> found;
  if (point.kind == lang::ProbeKind::RawTracepoint) {
    for (const auto& [event, prototype] : unit_.facts.raw_tracepoints())
      if (matches_wildcard(point.name, event))
        found.push_back({event, kernel::raw_arguments(types, prototype), 0});
  } else if (!has_wildcard(point.name)) {
    const uint32_t prototype = types.type(types.find(kernel::Btf::Function, point.name));
    found.push_back({point.name, types.parts(prototype), types.type(prototype)});
  } else {
    for (const kernel::NamedType& function : kernel::functions(types))
      if (matches_wildcard(point.name, function.name))
        found.push_back({function.name, types.parts(function.id), types.type(function.id)});
  }
  return found;
}

// With a wildcard the argument must be in all matches, of one type; where it stands may differ.
ExprPtr Lowering::raw_argument(const ast::Name& field, Span span) {
  kernel::Btf* const types = btf(span);
  if (!types) return poison(span);
  Type type = types::none();
  for (const Typed& match : typed_matches(*types)) {
    std::vector<std::string> names;
    std::optional<Type> own;
    for (const kernel::Btf::Part& argument : match.arguments) {
      names.emplace_back(argument.name);
      if (argument.name == field.text)
        own = kernel_type(*types, argument.type, types::AddressSpace::Kernel);
    }
    if (!own) {
      const std::string name =
          fmt::format("{}:vmlinux:{}", lang::row(probe_kind()).name, match.name);
      auto& d = report<Id::UnknownRawArgument>(span, name, field.text);
      const auto near = nearest(field.text, names);
      d.hint(near ? fmt::format("did you mean `{}`?", *near)
                  : fmt::format("the arguments are: {}", join(names, ", ")));
      return poison(span);
    }
    if (!fits_typed(*own, type))
      return not_supported(span, fmt::format("an argument of type `{}`", describe(*own)));
    type = *own;
  }
  return make(hir::RawArgument{field.text}, std::move(type), span);
}

ExprPtr Lowering::typed_result(Span span) {
  kernel::Btf* const types = btf(span);
  if (!types) return poison(span);
  Type type = types::none();
  for (const Typed& match : typed_matches(*types)) {
    if (match.result == 0) return refuse<Id::NoResult>(span, match.name);
    const Type own = kernel_type(*types, match.result, types::AddressSpace::Kernel);
    if (!fits_typed(own, type))
      return not_supported(span, fmt::format("a result of type `{}`", describe(own)));
    type = own;
  }
  return make(hir::RawArgument{std::string(lang::kResult)}, std::move(type), span);
}

ExprPtr Lowering::unknown_field(const ast::Name& field, Span span, const std::string& event,
                                const std::vector<std::string>& names) {
  const lang::AttachPoint& point = body_.attach_points.front();
  diag::Diagnostic& d = report<Id::UnknownField>(field.span, point.target, event, field.text);
  const auto near = nearest(field.text, names);
  if (has_wildcard(point.name))
    d.hint(fmt::format("a field must be in every tracepoint that `{}` matches", point.name));
  d.hint(near ? fmt::format("did you mean `{}`?", *near)
              : fmt::format("the fields are: {}", join(names, ", ")));
  return poison(span);
}

// A field of a tracepoint's record. With a wildcard it must be of one kind in all matches; where it lies may
// differ, the program is then loaded for each match.
ExprPtr Lowering::record_field(const ast::Name& field, Span span) {
  const lang::AttachPoint& point = body_.attach_points.front();
  const auto matches = unit_.facts.tracepoints(point.target, point.name);
  if (!matches || matches.value().empty())
    return refuse<Id::UnreadableFormat>(field.span, point.target + ":" + point.name);
  Type type = types::none();
  for (const auto& match : matches.value()) {
    const auto format = unit_.facts.tracepoint(match.category, match.event);
    if (!format)
      return refuse<Id::UnreadableFormat>(field.span, match.category + ":" + match.event);
    const kernel::TracepointField* found = format.value().find(field.text);
    if (!found) {
      std::vector<std::string> names;
      for (const kernel::TracepointField& known : format.value().fields)
        names.push_back(known.name);
      return unknown_field(field, span, match.event, names);
    }
    const bool is_plain =
        found->size == 1 || found->size == 2 || found->size == 4 || found->size == 8;
    Type own = types::string(found->is_data_loc ? unit_.max_string_size() : found->size);
    if (!found->is_string) {
      if (found->is_data_loc || !is_plain || found->type.find('[') != std::string::npos)
        return not_supported(field.span, fmt::format("a field of type `{}`", found->type));
      own = c_type(found->type, found->size, found->is_signed, types::AddressSpace::Kernel);
      if (own.size != found->size) own = types::integer(found->size, found->is_signed);
    }
    const bool are_strings = own.is(Kind::String) && type.is(Kind::String);
    const bool is_same = own.size == type.size && own.is(Kind::String) == type.is(Kind::String);
    if (!type.is_none() && !are_strings && !is_same)
      return not_supported(
          field.span,
          fmt::format("`{}`, which is of different types in the tracepoints that `{}` matches,",
                      field.text, point.name));
    if (!are_strings || own.size > type.size) type = own;
  }
  return make(hir::TracepointField{field.text}, std::move(type), span);
}

}  // namespace scry::sema
