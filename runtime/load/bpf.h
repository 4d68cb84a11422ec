// The bpf(2) calls that libbpf 1.1 lacks or makes slow: its wrappers of these first probe what the kernel can
// do, each by a load of its own. Everything returns -1 and errno, as system calls do; descriptors are owned by
// the caller.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scry::runtime {

// BPF_TRACE_UPROBE_MULTI and its flag: Linux 6.6, newer than Debian 12's headers.
inline constexpr uint32_t kUprobeMulti = 48;
inline constexpr uint32_t kUprobeMultiReturn = 1;

// The kernel takes 15 letters, digits, `_` and `.`; others are left out.
std::string object_name(std::string_view name);

// After EPERM: what the user lacks. `what` was attempted on; it is the error's detail, as it names what is ours.
Error no_permission(std::string what);

struct MapShape {
  bpf_map_type type;
  uint32_t key_size, value_size, max_entries, flags;
};
int create_map(const MapShape& shape, std::string_view name);

struct ProgramShape {
  bpf_prog_type type;
  uint32_t expected_attach_type;
  uint32_t attach_type_id = 0;  // BTF's id of what a typed program is attached to
};
// `callbacks`: first instructions of functions that the kernel calls back. `log`: null for none, else a buffer of its size for the text of the verifier. It says at level 1 why a program is
// refused, at level 2 what it found at every instruction.
int load_program(const ProgramShape& shape, std::string_view name,
                 std::span<const uint64_t> instructions, std::span<const uint32_t> callbacks,
                 const char* license, std::string* log, uint32_t log_level = 1);

struct UprobeMulti {
  std::string path;
  std::vector<uint64_t> offsets;
  std::vector<uint64_t> cookies;
  std::vector<uint64_t> reference_counters;  // file offsets; 0: none
  bool is_return = false;
  uint32_t pid = 0;  // 0: every process
};
int link_uprobes(int program, const UprobeMulti& uprobes);
struct KprobeMulti {
  std::vector<const char*> functions;
  std::vector<uint64_t> cookies;
  bool is_return = false;
};
// Linux 5.18. One function that cannot be traced makes it fail for all.
int link_kprobes(int program, const KprobeMulti& kprobes);
// `perf_event` is an open perf event. Linux 5.15.
int link_perf_event(int program, int perf_event, uint64_t cookie);
// Without a name the program's BTF type says which. A cookie other than 0: Linux 6.10.
int open_raw_tracepoint(int program, const char* name, uint64_t cookie = 0);
// Runs a raw tracepoint program once, here and now.
int run_program(int program);

// Is the running kernel of this version or a later one? Only for what cannot be tried.
bool kernel_is_at_least(int major, int minor);

struct ProgramMisses {
  uint32_t id = 0;  // of the program; 0: the kernel does not tell
  uint64_t count = 0;
};
// How often the kernel skipped the program because it, or another of its kind, was already running.
ProgramMisses program_misses(int program);
// How often the place that the link hangs on did not even come to its program: kprobes inside of kprobes, too many
// calls that have not returned. Linux 6.7. `link` may be another descriptor, which misses nothing.
ProgramMisses link_misses(int link);

}  // namespace scry::runtime
