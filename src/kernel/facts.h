// Facts about a kernel: tracepoints and their fields, system calls, offsets in kernel structs. An
// interface, so that the compiler can be tested on a frozen kernel: make_live() asks the running kernel,
// make_fixture() reads a directory. Every answer is fetched when first asked for, then kept; nothing is
// read up front. An implementation never changes the system: no mounts, no writes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scry::kernel {

class Btf;

struct TracepointField {
  std::string name;
  std::string type;     // C type as the kernel writes it: "const char *", "int", "char[16]"
  uint32_t offset = 0;  // bytes from the start of the tracepoint's record
  uint32_t size = 0;    // bytes in the record
  bool is_signed = false;
  bool is_string = false;    // char array, in the record or behind __data_loc
  bool is_data_loc = false;  // the record holds a u32: offset (low 16 bits) and length of the data
};

// Without the common_* fields: scripts may not read them. System calls: sys_enter_X has the field
// __syscall_nr, then the arguments in their order; sys_exit_X has __syscall_nr and ret.
struct TracepointFormat {
  std::string category;
  std::string event;
  uint32_t id = 0;  // perf's id of the event; 0 when it is not known (no tracefs)
  std::vector<TracepointField> fields;

  const TracepointField* find(std::string_view name) const;
};

struct SyscallArgument {
  std::string name;
  std::string type;  // as TracepointField::type
};

// `name` is the one that tracepoints use: sys_enter_NAME, sys_exit_NAME. It can differ from the one in
// unistd.h: "newfstat", "newuname", "sendfile64".
struct SyscallNumber {
  uint32_t number = 0;
  std::string name;
};

struct Syscall {
  uint32_t number = 0;
  std::string name;
  std::vector<SyscallArgument> arguments;
};

class KernelFacts {
 public:
  virtual ~KernelFacts() = default;

  // Fields of one tracepoint. The Error of one that does not exist names the nearest one as its hint.
  virtual Result<TracepointFormat> tracepoint(std::string_view category,
                                              std::string_view event) = 0;

  // The tracepoints that match both patterns (`*` is any run of bytes), as {category, event}, sorted.
  // Reads names only. The Error tells why names cannot be read at all; no match is an empty list.
  struct TracepointName {
    std::string category;
    std::string event;
  };
  virtual Result<std::vector<TracepointName>> tracepoints(std::string_view category_pattern,
                                                          std::string_view event_pattern) = 0;

  // System calls with tracepoints, sorted by name. Reads no formats.
  virtual const std::vector<SyscallNumber>& syscalls() = 0;

  // One system call with its arguments; by its tracepoint's name ("openat") or by unistd.h's ("fstat").
  virtual std::optional<Syscall> syscall(std::string_view name) = 0;

  // Byte offset of a member of a kernel struct, `path` such as "mm.arg_start"; members of anonymous
  // structs and unions are found in the struct around them. From vmlinux BTF.
  virtual Result<uint32_t> field_offset(std::string_view struct_name, std::string_view path) = 0;

  // vmlinux BTF; lives as long as this.
  virtual Result<Btf*> btf() = 0;

  // The tracepoints that raw tracepoint programs can be attached to, by event name: those with a typedef
  // btf_trace_EVENT. With the id in btf() of the prototype (kernel/btf_text.h). Empty without BTF.
  virtual const std::map<std::string, uint32_t, std::less<>>& raw_tracepoints() = 0;

  // The kernel's functions that kprobes and fentry can be placed on, as the kernel itself lists them, sorted.
  struct TraceableFunction {
    std::string name;
    std::string module;  // "" for the kernel's own
  };
  virtual Result<const std::vector<TraceableFunction>*> traceable_functions() = 0;
};

// The running kernel. Never fails: what cannot be read is an Error of the question that needed it.
std::unique_ptr<KernelFacts> make_live();

// A frozen kernel: `directory`/events/CATEGORY/EVENT/format and `directory`/available_filter_functions as
// tracefs has them, and `directory`/btf (raw BTF), if there is one.
std::unique_ptr<KernelFacts> make_fixture(std::string directory);

}  // namespace scry::kernel
