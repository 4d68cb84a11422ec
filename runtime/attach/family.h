// A family of probe kinds: how its attach points are resolved and attached. One file each; the table is in
// families.cpp, by ProbeKind.
#pragma once

#include "base/fd.h"
#include "runtime/attach/match.h"
#include "runtime/load/load.h"

namespace scry::runtime {

struct AttachContext {
  const plan::Plan& plan;
  const Loaded& loaded;
  kernel::KernelFacts& facts;
  const lang::Config& config;
  std::optional<pid_t> pid;  // only this process, where the kind supports it
  // Matches of a wildcard that the kernel refused while it took others.
  std::vector<const Match*>& left_out;
};

struct Family {
  // Appends the matches of one attach point, its `$N` already replaced. Name ids are given later.
  Result<void> (*resolve)(const lang::AttachPoint& point, ResolveContext& context,
                          std::vector<Match>& matches);
  // Attaches all matches of one probe; the descriptors hold the attachment. Null: nothing to attach here.
  Result<void> (*attach)(const std::vector<const Match*>& matches, const AttachContext& context,
                         std::vector<Fd>& attachments);
};

// Null for kinds that cannot be run yet.
const Family* family(lang::ProbeKind kind);

extern const Family kSpecialFamily;        // special.cpp: begin, end
extern const Family kIntervalFamily;       // timer.cpp
extern const Family kProfileFamily;        // timer.cpp
extern const Family kSoftwareFamily;       // timer.cpp
extern const Family kTracepointFamily;     // tracepoint.cpp
extern const Family kKprobeFamily;         // kprobe.cpp: kprobe, kretprobe
extern const Family kRawTracepointFamily;  // raw_tracepoint.cpp
extern const Family kFentryFamily;         // fentry.cpp: fentry, fexit
extern const Family kUprobeFamily;         // uprobe.cpp: uprobe, uretprobe
extern const Family kUsdtFamily;           // usdt.cpp

// raw_tracepoint.cpp: raw tracepoints by name, and whatever a program was loaded for by its type.
Result<void> attach_raw_tracepoints(const std::vector<const Match*>& matches,
                                    const AttachContext& context, std::vector<Fd>& attachments);

// The descriptor of the program that runs at the match.
int program_of(const Match& match, const AttachContext& context);

// "Unable to attach probe: NAME" with the current errno.
Error attach_error(const std::string& name, std::string hint = {});

}  // namespace scry::runtime
