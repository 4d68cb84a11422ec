#include "runtime/load/bpf.h"

#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/fd.h"
#include "runtime/load/function_types.h"

namespace scry::runtime {

namespace {

int bpf(bpf_cmd command, bpf_attr& attributes, size_t size = sizeof(bpf_attr)) {
  return static_cast<int>(::syscall(SYS_bpf, command, &attributes, size));
}

uint64_t address(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); }

bpf_attr zeroed() {
  bpf_attr attributes;
  std::memset(&attributes, 0, sizeof attributes);  // the kernel refuses non-zero padding
  return attributes;
}

// What the kernel tells of an object; false if it is none, or a kind it does not describe.
bool read_info(int fd, void* info, uint32_t size) {
  bpf_attr attributes = zeroed();
  attributes.info.bpf_fd = static_cast<uint32_t>(fd);
  attributes.info.info_len = size;
  attributes.info.info = address(info);
  return bpf(BPF_OBJ_GET_INFO_BY_FD, attributes) == 0;
}

int load_types(const std::string& btf) {
  bpf_attr attributes = zeroed();
  attributes.btf = address(btf.data());
  attributes.btf_size = static_cast<uint32_t>(btf.size());
  return bpf(BPF_BTF_LOAD, attributes);
}

// link_create as Linux 6.6 knows it for uprobe_multi.
struct UprobeMultiAttributes {
  uint32_t program;
  uint32_t target;
  uint32_t attach_type;
  uint32_t flags;
  uint64_t path;
  uint64_t offsets;
  uint64_t reference_counters;
  uint64_t cookies;
  uint32_t count;
  uint32_t uprobe_flags;
  uint32_t pid;
  uint32_t padding;
};

}  // namespace

Error no_permission(std::string what) {
  return Error{"tracing needs root, or CAP_BPF and CAP_PERFMON", EPERM,
               "even root may lack them: in a container, or where the kernel is locked down",
               std::move(what)};
}

std::string object_name(std::string_view name) {
  std::string out;
  for (const char c : name)
    if ((std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.') &&
        out.size() < BPF_OBJ_NAME_LEN - 1)
      out += c;
  return out;
}

int create_map(const MapShape& shape, std::string_view name) {
  bpf_attr attributes = zeroed();
  attributes.map_type = shape.type;
  attributes.key_size = shape.key_size;
  attributes.value_size = shape.value_size;
  attributes.max_entries = shape.max_entries;
  attributes.map_flags = shape.flags;
  const std::string short_name = object_name(name);
  std::memcpy(attributes.map_name, short_name.data(), short_name.size());
  return bpf(BPF_MAP_CREATE, attributes);
}

int load_program(const ProgramShape& shape, std::string_view name,
                 std::span<const uint64_t> instructions, std::span<const uint32_t> callbacks,
                 const char* license, std::string* log, uint32_t log_level) {
  bpf_attr attributes = zeroed();
  attributes.prog_type = shape.type;
  attributes.expected_attach_type = shape.expected_attach_type;
  attributes.attach_btf_id = shape.attach_type_id;
  attributes.insns = address(instructions.data());
  attributes.insn_cnt = static_cast<uint32_t>(instructions.size());
  attributes.license = address(license);
  if (log) {
    attributes.log_level = log_level;
    attributes.log_buf = address(log->data());
    attributes.log_size = static_cast<uint32_t>(log->size());
  }
  FunctionTypes types;
  Fd btf;
  if (!callbacks.empty()) {
    types = function_types(name, callbacks);
    btf = Fd(load_types(types.btf));
    if (!btf.is_open()) return -1;
    attributes.prog_btf_fd = static_cast<uint32_t>(btf.get());
    attributes.func_info = address(types.infos.data());
    attributes.func_info_cnt = static_cast<uint32_t>(types.infos.size());
    attributes.func_info_rec_size = sizeof(bpf_func_info);
  }
  const std::string short_name = object_name(name);
  std::memcpy(attributes.prog_name, short_name.data(), short_name.size());
  return bpf(BPF_PROG_LOAD, attributes);
}

int link_uprobes(int program, const UprobeMulti& uprobes) {
  UprobeMultiAttributes multi = {};
  multi.program = static_cast<uint32_t>(program);
  multi.attach_type = kUprobeMulti;
  multi.path = address(uprobes.path.c_str());
  multi.offsets = address(uprobes.offsets.data());
  multi.reference_counters = address(uprobes.reference_counters.data());
  multi.cookies = address(uprobes.cookies.data());
  multi.count = static_cast<uint32_t>(uprobes.offsets.size());
  multi.uprobe_flags = uprobes.is_return ? kUprobeMultiReturn : 0;
  multi.pid = uprobes.pid;
  bpf_attr attributes = zeroed();
  static_assert(sizeof multi <= sizeof attributes);
  std::memcpy(&attributes, &multi, sizeof multi);
  return bpf(BPF_LINK_CREATE, attributes, sizeof multi);
}

int link_kprobes(int program, const KprobeMulti& kprobes) {
  bpf_attr attributes = zeroed();
  attributes.link_create.prog_fd = static_cast<uint32_t>(program);
  attributes.link_create.attach_type = BPF_TRACE_KPROBE_MULTI;
  attributes.link_create.kprobe_multi.flags = kprobes.is_return ? BPF_F_KPROBE_MULTI_RETURN : 0;
  attributes.link_create.kprobe_multi.cnt = static_cast<uint32_t>(kprobes.functions.size());
  attributes.link_create.kprobe_multi.syms = address(kprobes.functions.data());
  attributes.link_create.kprobe_multi.cookies = address(kprobes.cookies.data());
  return bpf(BPF_LINK_CREATE, attributes);
}

int link_perf_event(int program, int perf_event, uint64_t cookie) {
  bpf_attr attributes = zeroed();
  attributes.link_create.prog_fd = static_cast<uint32_t>(program);
  attributes.link_create.target_fd = static_cast<uint32_t>(perf_event);
  attributes.link_create.attach_type = BPF_PERF_EVENT;
  attributes.link_create.perf_event.bpf_cookie = cookie;
  return bpf(BPF_LINK_CREATE, attributes);
}

int open_raw_tracepoint(int program, const char* name, uint64_t cookie) {
  bpf_attr attributes = zeroed();
  attributes.raw_tracepoint.name = address(name);
  attributes.raw_tracepoint.prog_fd = static_cast<uint32_t>(program);
  // The cookie stands behind them, at byte 16; Debian 12's headers do not know it.
  constexpr size_t kCookieOffset = 16;
  std::memcpy(reinterpret_cast<char*>(&attributes) + kCookieOffset, &cookie, sizeof cookie);
  return bpf(BPF_RAW_TRACEPOINT_OPEN, attributes);
}

int run_program(int program) {
  bpf_attr attributes = zeroed();
  attributes.test.prog_fd = static_cast<uint32_t>(program);
  return bpf(BPF_PROG_TEST_RUN, attributes);
}

bool kernel_is_at_least(int major, int minor) {
  utsname name;
  int has_major = 0, has_minor = 0;
  if (::uname(&name) != 0 || std::sscanf(name.release, "%d.%d", &has_major, &has_minor) != 2)
    return false;
  return has_major > major || (has_major == major && has_minor >= minor);
}

ProgramMisses program_misses(int program) {
  bpf_prog_info info;
  std::memset(&info, 0, sizeof info);
  if (!read_info(program, &info, sizeof info)) return {};
  return {info.id, info.recursion_misses};
}

ProgramMisses link_misses(int link) {
  // struct bpf_link_info as Linux 6.7 knows it.
  struct {
    uint32_t type, id, program;
    uint32_t padding;
    union {
      struct {
        uint64_t addresses;
        uint32_t count, flags;
        uint64_t missed;
      } multi;
      struct {
        uint32_t type, padding;
        uint64_t name;
        uint32_t name_size, offset;
        uint64_t address, missed;
      } perf;
    };
    uint64_t room[16];
  } info;
  constexpr uint32_t kPerfEvent = 7, kKprobeMulti = 8, kKprobe = 3, kKretprobe = 4;
  std::memset(&info, 0, sizeof info);
  if (!read_info(link, &info, sizeof info)) return {};
  if (info.type == kKprobeMulti) return {info.program, info.multi.missed};
  if (info.type == kPerfEvent && (info.perf.type == kKprobe || info.perf.type == kKretprobe))
    return {info.program, info.perf.missed};
  return {};
}

}  // namespace scry::runtime
