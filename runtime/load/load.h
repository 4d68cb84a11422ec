// Plan -> kernel: maps and programs, ready to be attached. Knows what this machine's answers to the plan's
// symbols are; attaches nothing.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "kernel/facts.h"
#include "runtime/attach/match.h"
#include "runtime/load/maps.h"
#include "runtime/load/twin.h"

namespace scry::runtime {

struct LoadContext {
  const plan::Plan& plan;
  const Matches& matches;
  const std::vector<std::string>& parameters;
  std::optional<pid_t> pid;        // -p: every program looks at this process only
  std::optional<pid_t> child_pid;  // -c: uprobes do
  kernel::KernelFacts& facts;
  const lang::Config& config;
  bool keeps_logs = false;  // fill Loaded::logs, which makes loading slower
};

struct Loaded {
  Maps maps;
  std::vector<Fd> programs;  // by index of Plan::programs
  // A tracepoint program that reads fields depends on its match: for all but the first match of its probe,
  // by name id.
  std::map<uint64_t, Fd> match_programs;
  // Tracepoint programs that were loaded as raw tracepoints, by index of Plan::programs.
  std::vector<bool> is_raw;
  // Kprobe programs that one link attaches to all their matches, by index of Plan::programs.
  std::vector<bool> is_multi;
  std::map<uint32_t, Twin> twins;  // of system-call programs, by index of Plan::programs
  std::vector<std::string> logs;   // the verifier's, by index of Plan::programs
};

// The Error of a program that the verifier refused names the probe, the line of the script and the verifier's
// words; its detail is the whole log.
Result<Loaded> load(const LoadContext& context);

// The content of a dispatch's map: a row for each system-call number (plan.h, SyscallDispatch).
Result<std::string> dispatch_table(const plan::SyscallDispatch& dispatch, const Matches& matches,
                                   kernel::KernelFacts& facts);

// The content of the StaticPlaces map: a plan::StaticPlace for each place of the usdt matches.
std::string static_places(const Matches& matches);

// The line of a verifier's log that says what is wrong, and the instruction it is about, if the log tells.
struct VerifierWords {
  std::string text;
  std::optional<uint32_t> instruction;
  bool is_endless = false;  // a loop comes back to where nothing has changed
};
VerifierWords summarize(std::string_view log);

}  // namespace scry::runtime
