#include "kernel/syscalls.h"

#include "base/strings.h"

namespace scry::kernel {

namespace {

struct Row {
  uint32_t number;
  const char* name;
  const char* unistd_name;
  const char* arguments;
};

constexpr Row kRows[] = {
#define SYSCALL(number, name, unistd_name, arguments) {number, name, unistd_name, arguments},
#include "kernel/syscalls.def"
};

// A name that tracepoints use wins over the same name in unistd.h: `umount` is umount2, not the old one.
const Row* find(std::string_view name) {
  for (const Row& row : kRows)
    if (name == row.name) return &row;
  for (const Row& row : kRows)
    if (name == row.unistd_name) return &row;
  return nullptr;
}

TracepointField field(std::string name, std::string type, uint32_t offset, uint32_t size,
                      bool is_signed) {
  TracepointField field;
  field.name = std::move(name);
  field.type = std::move(type);
  field.offset = offset;
  field.size = size;
  field.is_signed = is_signed;
  return field;
}

}  // namespace

std::vector<SyscallNumber> table_syscalls() {
  std::vector<SyscallNumber> calls;
  for (const Row& row : kRows) calls.push_back({row.number, row.name});
  return calls;
}

std::optional<uint32_t> syscall_number(std::string_view name) {
  const Row* row = find(name);
  return row ? std::optional(row->number) : std::nullopt;
}

std::optional<Syscall> table_syscall(std::string_view name) {
  const Row* row = find(name);
  if (!row) return {};
  Syscall call{row->number, row->name, {}};
  for (const std::string& part : split(row->arguments, ',')) {
    const std::string_view text = trim(part);
    if (text.empty()) continue;
    const size_t space = text.rfind(' ');
    call.arguments.push_back(
        {std::string(text.substr(space + 1)), std::string(trim(text.substr(0, space)))});
  }
  return call;
}

std::optional<TracepointFormat> table_format(std::string_view event) {
  const bool is_enter = event.starts_with("sys_enter_");
  if (!is_enter && !event.starts_with("sys_exit_")) return {};
  const auto call = table_syscall(event.substr(is_enter ? 10 : 9));
  if (!call) return {};
  TracepointFormat format{
      "syscalls", std::string(event), 0, {field("__syscall_nr", "int", 8, 4, true)}};
  if (!is_enter) format.fields.push_back(field("ret", "long", 16, 8, true));
  uint32_t offset = 16;
  if (is_enter)
    for (const SyscallArgument& argument : call->arguments) {
      format.fields.push_back(field(argument.name, argument.type, offset, 8, false));
      offset += 8;
    }
  return format;
}

}  // namespace scry::kernel
