// The table of system calls (syscalls.def): names, numbers, arguments. Facts of the ABI, the same on every
// x86-64 kernel new enough to have the call.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "kernel/facts.h"

namespace scry::kernel {

// Every call of the table, by number.
std::vector<SyscallNumber> table_syscalls();
// The number behind sys_enter_NAME; also takes unistd.h's name.
std::optional<uint32_t> syscall_number(std::string_view name);
// The call with the arguments of the table, by either name.
std::optional<Syscall> table_syscall(std::string_view name);
// What tracefs would say about syscalls:`event`; nothing if the table lacks the call.
std::optional<TracepointFormat> table_format(std::string_view event);

}  // namespace scry::kernel
