// Kinds of attach points (probes.def) and one attach point as later stages see it: provider resolved,
// parts named, still symbolic. Wildcards, `$N` and names are resolved by the runtime on the machine
// that it runs on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/source.h"

namespace scry::lang {

enum class ProbeKind : uint8_t {
#define PROBE(id, name, aliases, least, most, state, shape, summary) id,
#include "lang/probes.def"
};

// Ready: has a meaning. Planned: known to the parser, refused with "not supported yet".
enum class State : uint8_t { Ready, Planned };

struct ProbeRow {
  ProbeKind kind;
  const char* name;
  const char* aliases;
  uint8_t least_parts, most_parts;
  State state;
  const char* shape;
  const char* summary;
};

// <sys/sdt.h> allows so many arguments.
inline constexpr uint32_t kStaticArguments = 12;

// What stands for the kernel itself where a module is named.
inline constexpr std::string_view kKernelModule = "vmlinux";

// The result of a typed function among its arguments: no argument can be called so.
inline constexpr std::string_view kResult = "return";

const ProbeRow& row(ProbeKind kind);
// What `probetype` shows: the provider's name, "special" for begin and end.
const char* type_name(ProbeKind kind);
// Are the arguments typed by BTF, eight bytes each in the context?
constexpr bool has_typed_arguments(ProbeKind kind) {
  return kind == ProbeKind::RawTracepoint || kind == ProbeKind::Fentry || kind == ProbeKind::Fexit;
}
// By name or alias.
std::optional<ProbeKind> find_probe_kind(std::string_view spelling);
// All names, for did-you-mean.
std::vector<std::string> probe_names();

struct AttachPoint {
  ProbeKind kind = ProbeKind::Begin;
  std::string text;  // canonical: the provider's name and the parts as written; what `probe` shows
  // Tracepoint: category. RawTracepoint, Kprobe…, Fentry…: module or "". Uprobe…, Usdt: binary. Interval, Profile: unit,
  // "ns" if none is given. Software: event
  std::string target;
  // Tracepoint, RawTracepoint: event. Uprobe…, Kprobe…, Fentry…: function, or 0x address. Usdt: provider:name, `*` for any
  // provider. Interval, Profile: the number. Software: the count
  std::string name;
  std::string language;  // Uprobe…: "cpp" or ""
  uint64_t offset = 0;   // Uprobe, Kprobe: bytes into the function
  Span span;

  bool is_syscall() const;        // tracepoint:syscalls:…
  bool is_syscall_enter() const;  // …:sys_enter…
};

}  // namespace scry::lang
