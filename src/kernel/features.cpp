#include "kernel/features.h"

#include <dirent.h>
#include <linux/bpf.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "base/fd.h"
#include "kernel/btf.h"

namespace scry::kernel {

namespace {

constexpr FeatureRow kRows[] = {
#define FEATURE(id, section, name, since, summary) \
  {Feature::id, FeatureSection::section, name, since, summary},
#include "kernel/features.def"
};

// Newer than Debian 12's headers.
constexpr uint32_t kUprobeMulti = 48, kKprobeSession = 56;

constexpr uint64_t instruction(uint8_t code, uint8_t registers = 0, int32_t immediate = 0) {
  return uint64_t{code} | uint64_t{registers} << 8 |
         uint64_t{static_cast<uint32_t>(immediate)} << 32;
}
constexpr uint64_t move(uint8_t reg, int32_t value) {
  return instruction(BPF_ALU64 | BPF_MOV | BPF_K, reg, value);
}
constexpr uint64_t call(int32_t helper) { return instruction(BPF_JMP | BPF_CALL, 0, helper); }
constexpr uint64_t kExit = instruction(BPF_JMP | BPF_EXIT);

Fd bpf(bpf_cmd command, bpf_attr& attributes) {
  return Fd(static_cast<int>(::syscall(SYS_bpf, command, &attributes, sizeof attributes)));
}

bpf_attr zeroed() {
  bpf_attr attributes;
  std::memset(&attributes, 0, sizeof attributes);  // the kernel refuses non-zero padding
  return attributes;
}

uint64_t address(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); }

struct Program {
  bpf_prog_type type;
  uint32_t attach_type = 0;
  uint32_t attach_btf_id = 0;
  std::vector<uint64_t> instructions = {move(0, 0), kExit};
};

Fd load(const Program& program, std::string* log = nullptr) {
  bpf_attr attributes = zeroed();
  attributes.prog_type = program.type;
  attributes.expected_attach_type = program.attach_type;
  attributes.attach_btf_id = program.attach_btf_id;
  attributes.insns = address(program.instructions.data());
  attributes.insn_cnt = static_cast<uint32_t>(program.instructions.size());
  attributes.license = address("GPL");
  if (log) {
    log->assign(4096, '\0');
    attributes.log_level = 1;
    attributes.log_buf = address(log->data());
    attributes.log_size = static_cast<uint32_t>(log->size());
  }
  return bpf(BPF_PROG_LOAD, attributes);
}

Support yes_or_no(bool is_there) { return is_there ? Support::Yes : Support::No; }

bool may_load() {
  static const bool may = load({BPF_PROG_TYPE_RAW_TRACEPOINT}).is_open() || errno != EPERM;
  return may;
}

// EPERM of one who may load other programs is the kernel's own refusal: lockdown.
Support by_load(const Program& program) {
  if (!may_load()) return Support::Unknown;
  return yes_or_no(load(program).is_open());
}

// The verifier tells a helper it does not know from one that is called with the wrong arguments.
Support by_call(Program program, int32_t helper) {
  if (!may_load()) return Support::Unknown;
  program.instructions = {move(1, 0), move(2, 0),   move(3, 0), move(4, 0),
                          move(5, 0), call(helper), move(0, 0), kExit};
  std::string log;
  if (load(program, &log).is_open()) return Support::Yes;
  for (const char* words : {"unknown func", "invalid func", "cannot use helper"})
    if (log.find(words) != log.npos) return Support::No;
  return yes_or_no(log.find("R1 type=") != log.npos || log.find("type=") != log.npos);
}

uint32_t btf_id(KernelFacts& facts, Btf::Kind kind, const char* name) {
  auto btf = facts.btf();
  return btf ? btf.value()->find(kind, name) : 0;
}

Program iterator_program(KernelFacts& facts) {
  return {BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, btf_id(facts, Btf::Function, "bpf_iter_task")};
}

// --- kernel ---------------------------------------------------------------------------------------

Support large_programs() {
  Program program{BPF_PROG_TYPE_RAW_TRACEPOINT};
  program.instructions.assign(5000, move(0, 0));
  program.instructions.push_back(kExit);
  return by_load(program);
}

Support module_btf() {
  DIR* directory = ::opendir("/sys/kernel/btf");
  if (!directory) return Support::No;
  bool found = false;
  while (const dirent* entry = ::readdir(directory))
    found = found || (entry->d_name[0] != '.' && std::string_view(entry->d_name) != "vmlinux");
  ::closedir(directory);
  return yes_or_no(found);
}

Fd make_map(bpf_map_type type, uint32_t size, uint32_t entries) {
  bpf_attr attributes = zeroed();
  attributes.map_type = type;
  attributes.key_size = attributes.value_size = size;
  attributes.max_entries = entries;
  return bpf(BPF_MAP_CREATE, attributes);
}

Support ring_buffer() {
  if (make_map(BPF_MAP_TYPE_RINGBUF, 0, static_cast<uint32_t>(::sysconf(_SC_PAGESIZE))).is_open())
    return Support::Yes;
  return errno == EPERM ? Support::Unknown : Support::No;
}

Support map_batch() {
  const Fd map = make_map(BPF_MAP_TYPE_HASH, 4, 1);
  if (!map.is_open()) return errno == EPERM ? Support::Unknown : Support::No;
  uint32_t position = 0, key = 0, value = 0;
  bpf_attr attributes = zeroed();
  attributes.batch.out_batch = address(&position);
  attributes.batch.keys = address(&key);
  attributes.batch.values = address(&value);
  attributes.batch.count = 1;
  attributes.batch.map_fd = static_cast<uint32_t>(map.get());
  // An empty map: "no entry" is what a kernel with the call says.
  return yes_or_no(bpf(BPF_MAP_LOOKUP_BATCH, attributes).is_open() || errno == ENOENT);
}

// --- probes ---------------------------------------------------------------------------------------

Support perf_unit(const char* name) {
  const std::string path = std::string("/sys/bus/event_source/devices/") + name + "/type";
  return yes_or_no(::access(path.c_str(), F_OK) == 0);
}

// What link_create of several kprobes or uprobes begins with.
struct MultiLink {
  uint32_t program, target, attach_type, flags;
  union {
    struct {
      uint32_t flags, count;
      uint64_t symbols, addresses, cookies;
    } kprobes;
    struct {
      uint64_t path, offsets, reference_counters, cookies;
      uint32_t count, flags, pid;
    } uprobes;
  };
};

int link_errno(MultiLink link) {
  bpf_attr attributes = zeroed();
  static_assert(sizeof link <= sizeof attributes);
  std::memcpy(&attributes, &link, sizeof link);
  errno = 0;
  const Fd made = bpf(BPF_LINK_CREATE, attributes);
  return errno;
}

// A function that does not exist: a kernel that can goes to look for it and says ESRCH.
Support several_kprobes(uint32_t attach_type) {
  if (!may_load()) return Support::Unknown;
  const Fd program = load({BPF_PROG_TYPE_KPROBE, attach_type});
  if (!program.is_open()) return Support::No;
  const char* symbols[] = {"scry_no_such_function"};
  MultiLink link;
  std::memset(&link, 0, sizeof link);
  link.program = static_cast<uint32_t>(program.get());
  link.attach_type = attach_type;
  link.kprobes.count = 1;
  link.kprobes.symbols = address(symbols);
  const int error = link_errno(link);
  return yes_or_no(error == ESRCH || error == ENOENT);
}

// A directory is no program: EBADF from a kernel that looks at the path.
Support several_uprobes() {
  if (!may_load()) return Support::Unknown;
  const Fd program = load({BPF_PROG_TYPE_KPROBE, kUprobeMulti});
  if (!program.is_open()) return Support::No;
  const uint64_t offset = 0;
  MultiLink link;
  std::memset(&link, 0, sizeof link);
  link.program = static_cast<uint32_t>(program.get());
  link.attach_type = kUprobeMulti;
  link.uprobes.path = address("/");
  link.uprobes.offsets = address(&offset);
  link.uprobes.count = 1;
  return yes_or_no(link_errno(link) == EBADF);
}

// The kernel's own test function, which nobody calls.
Support fentry(KernelFacts& facts) {
  const uint32_t function = btf_id(facts, Btf::Function, "bpf_fentry_test1");
  if (!may_load()) return Support::Unknown;
  const Fd program = load({BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, function});
  if (!program.is_open()) return Support::No;
  bpf_attr attributes = zeroed();
  attributes.raw_tracepoint.prog_fd = static_cast<uint32_t>(program.get());
  return yes_or_no(bpf(BPF_RAW_TRACEPOINT_OPEN, attributes).is_open());
}

Support perf_event(perf_event_attr attributes) {
  attributes.size = sizeof attributes;
  attributes.disabled = 1;
  const Fd event(static_cast<int>(
      ::syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC)));
  if (event.is_open()) return Support::Yes;
  return errno == EACCES || errno == EPERM ? Support::Unknown : Support::No;
}

Support perf_event(uint32_t type, uint64_t config) {
  perf_event_attr attributes;
  std::memset(&attributes, 0, sizeof attributes);
  attributes.type = type;
  attributes.config = config;
  return perf_event(attributes);
}

Support watchpoint() {
  static uint64_t watched = 0;
  perf_event_attr attributes;
  std::memset(&attributes, 0, sizeof attributes);
  attributes.type = PERF_TYPE_BREAKPOINT;
  attributes.bp_type = HW_BREAKPOINT_W;
  attributes.bp_addr = address(&watched);
  attributes.bp_len = sizeof watched;
  return perf_event(attributes);
}

Support probe(Feature feature, KernelFacts& facts) {
  const Program kprobe{BPF_PROG_TYPE_KPROBE};
  const Program raw{BPF_PROG_TYPE_RAW_TRACEPOINT};
  switch (feature) {
    case Feature::DPath: return by_call(iterator_program(facts), BPF_FUNC_d_path);
    case Feature::TaiNs: return by_call(raw, BPF_FUNC_ktime_get_tai_ns);
    case Feature::FuncIp: return by_call(kprobe, BPF_FUNC_get_func_ip);
    case Feature::LookupPercpu: return by_call(raw, BPF_FUNC_map_lookup_percpu_elem);
    case Feature::Loop: return by_call(raw, BPF_FUNC_loop);
    case Feature::ForEachMap: return by_call(raw, BPF_FUNC_for_each_map_elem);
    case Feature::Jiffies: return by_call(raw, BPF_FUNC_jiffies64);
    case Feature::Signal: return by_call(raw, BPF_FUNC_send_signal);
    case Feature::SkbOutput: {
      const uint32_t event = btf_id(facts, Btf::Typedef, "btf_trace_kfree_skb");
      return by_call({BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, event}, BPF_FUNC_skb_output);
    }
    case Feature::ReadKernel: return by_call(raw, BPF_FUNC_probe_read_kernel);
    case Feature::LargePrograms: return large_programs();
    case Feature::Btf: return yes_or_no(facts.btf().ok());
    case Feature::ModuleBtf: return module_btf();
    case Feature::RingBuffer: return ring_buffer();
    case Feature::MapBatch: return map_batch();
    case Feature::Kprobe: return perf_unit("kprobe");
    case Feature::KprobeMulti: return several_kprobes(BPF_TRACE_KPROBE_MULTI);
    case Feature::KprobeSession: return several_kprobes(kKprobeSession);
    case Feature::Fentry: return fentry(facts);
    case Feature::Uprobe: return perf_unit("uprobe");
    case Feature::UprobeMulti: return several_uprobes();
    case Feature::RawTracepoint: return by_load(raw);
    case Feature::TypedTracepoint: {
      const uint32_t event = btf_id(facts, Btf::Typedef, "btf_trace_sched_switch");
      return by_load({BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, event});
    }
    case Feature::Iter: return by_load(iterator_program(facts));
    case Feature::Software: return perf_event(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK);
    case Feature::Hardware: return perf_event(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES);
    case Feature::Watchpoint: return watchpoint();
  }
  return Support::Unknown;
}

}  // namespace

std::span<const FeatureRow> feature_rows() { return kRows; }

Support Features::has(Feature feature) {
  if (const auto known = known_.find(feature); known != known_.end()) return known->second;
  return known_[feature] = probe(feature, facts_);
}

}  // namespace scry::kernel
