// Matches: the places on this machine that a plan's attach points mean. Resolving comes before loading, since
// the programs carry facts of their matches (name ids, rows of the dispatch tables); attaching comes after.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "kernel/facts.h"
#include "lang/config.h"
#include "plan/plan.h"
#include "target/elf.h"

namespace scry::runtime {

// A timer's rate: a period, or a frequency that the kernel turns into periods.
struct Rate {
  bool is_frequency = false;
  uint64_t value = 0;  // nanoseconds or hertz
};

// A place of a usdt probe.
struct StaticPlace {
  uint64_t offset = 0;            // in the file
  uint64_t semaphore_offset = 0;  // in the file; 0: none
  std::vector<target::StaticArgument> arguments;
};

struct Match {
  uint32_t probe = 0;    // index into Plan::probes
  uint64_t name_id = 0;  // 1 for the first match of the plan, and so on
  lang::ProbeKind kind = lang::ProbeKind::Begin;
  std::string name;  // what `probe` shows
  bool may_be_left_out =
      false;             // found by a wildcard: no error if the kernel does not let it be traced
  Rate rate;             // Interval, Profile; Software: the count
  uint64_t config = 0;   // Interval, Profile, Software: perf's number of the event
  uint32_t syscall = 0;  // Tracepoint: the system call's number
  std::string category;  // Tracepoint: sched
  std::string
      event;  // Tracepoint: sys_enter_openat; RawTracepoint: sched_switch. Kprobe, Kretprobe: vfs_read,
              // ext4:ext4_sync_file, or ""
  std::string path;     // Uprobe, Uretprobe: the file…
  uint64_t offset = 0;  // …and the place in it. Kprobe: bytes into the function, or the address
  std::vector<StaticPlace> places;  // Usdt
  uint32_t first_place = 0;  // Usdt: its number among the places of all matches, and its cookie
};

// What could not be found or attached, where config's missing_probes makes no error of it.
struct Missing {
  Span span;
  std::string text;
  size_t match_count = 0;  // that are not attached
};

struct Matches {
  std::vector<Match> list;  // in the order of name ids
  std::vector<Missing> missing;

  bool has_any_to_attach() const;  // more than BEGIN and END?
  std::vector<std::string> names() const;
  // The first match of a probe; 0 if there is none.
  uint64_t first_name_id(uint32_t probe) const;
};

struct ResolveContext {
  const plan::Plan& plan;
  const std::vector<std::string>& parameters;
  std::optional<pid_t> pid;  // of -p: gives binaries a root, and an executable to an empty name
  kernel::KernelFacts& facts;
  const lang::Config& config;
  bool is_unsafe = false;             // --unsafe: places that cannot be checked are taken
  uint32_t probe = 0;                 // whose attach point is being resolved
  std::vector<Missing> missing = {};  // filled by no_matches()
};

// Nothing matches the attach point: an Error, unless the config's missing_probes wants less.
Result<void> no_matches(ResolveContext& context, const lang::AttachPoint& point,
                        const std::string& pattern, std::string hint = {});

// An Error says which attach point has no match, and the nearest name when there is one.
Result<Matches> resolve(const ResolveContext& context);

}  // namespace scry::runtime
