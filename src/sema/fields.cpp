// `args.x` of tracepoints, and access to fields in general.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
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

}  // namespace

ExprPtr Lowering::operator()(const ast::Field& e, Span span) {
  const auto* object_name = std::get_if<ast::Identifier>(&e.object->node);
  if (object_name && object_name->name == "args") return args_field(e.name, e.object->span);
  const ExprPtr object = lower(*e.object);
  if (object->type.is_poison()) return poison(span);
  if (object->type.is(Kind::Pointer) && object->type.element->is(Kind::Struct))
    return not_supported(e.name.span,
                         fmt::format("a field of {}", describe(*object->type.element)));
  return refuse<Id::NoField>(e.name.span, e.name.text, describe(object->type));
}

ExprPtr Lowering::args_field(const ast::Name& field, Span object_span) {
  const Span span = cover(object_span, field.span);
  const lang::ProbeKind kind = probe_kind();
  if (kind == lang::ProbeKind::Uprobe) return not_supported(object_span, "`args` of a function");
  if (kind != lang::ProbeKind::Tracepoint)
    return refuse<Id::ArgsNotHere>(object_span, lang::row(kind).name);
  const lang::AttachPoint& point = body_.attach_points.front();
  if (point.name.find('$') != std::string::npos)
    return not_supported(object_span, "`args` where the tracepoint is not known before the run");

  const bool is_enter = point.is_syscall_enter();
  Type type = types::none();
  for (const kernel::SyscallNumber& call : unit_.facts.syscalls()) {
    const std::string event = std::string(is_enter ? kEnter : kExit) + call.name;
    if (!matches_wildcard(point.name, event)) continue;
    const SyscallFields fields = fields_of(unit_.facts, call.name, is_enter);
    const auto found = std::find(fields.names.begin(), fields.names.end(), field.text);
    if (found == fields.names.end()) {
      diag::Diagnostic& d = report<Id::UnknownField>(field.span, event, field.text);
      const auto near = nearest(field.text, fields.names);
      if (has_wildcard(point.name))
        d.hint(fmt::format("a field must be in every tracepoint that `{}` matches", point.name));
      d.hint(near ? fmt::format("did you mean `{}`?", *near)
                  : fmt::format("the fields are: {}", join(fields.names, ", ")));
      return poison(span);
    }
    const Type& own = fields.types[static_cast<size_t>(found - fields.names.begin())];
    type = unify(type, own);
    // Pointers here, integers there: the register's bits.
    if (type.is_poison()) type = types::uint64();
  }
  if (type.is_none()) return poison(span);
  return make(hir::TracepointField{field.text}, std::move(type), span);
}

}  // namespace scry::sema
