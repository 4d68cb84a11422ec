// kprobe and kretprobe: functions of the kernel. One kprobe_multi link holds all matches of a program
// (Linux 5.18 with CONFIG_FPROBE); else, and for places inside of functions, each match is a perf event.
// Which functions can be traced the kernel tells by trying: the list in tracefs may be unreadable.
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <span>

#include "base/strings.h"
#include "kernel/btf.h"
#include "kernel/btf_text.h"
#include "runtime/attach/family.h"
#include "runtime/attach/perf_event.h"
#include "runtime/attach/refusals.h"
#include "runtime/load/bpf.h"

namespace scry::runtime {

using lang::ProbeKind;

namespace {

using Function = kernel::KernelFacts::TraceableFunction;

constexpr char kTypeFile[] = "/sys/bus/event_source/devices/kprobe/type";

bool is_return(ProbeKind kind) { return kind == ProbeKind::Kretprobe; }

// --- resolve ----------------------------------------------------------------------------------------

// The functions that a wildcard may mean, each name once.
Result<std::vector<Function>> candidates(kernel::KernelFacts& facts) {
  std::vector<Function> functions;
  if (const auto traceable = facts.traceable_functions()) {
    functions = *traceable.value();
  } else {
    // What exists: its own functions, and some that cannot be traced.
    const auto btf = facts.btf();
    if (!btf) return traceable.error();
    for (kernel::NamedType& function : kernel::functions(*btf.value()))
      functions.push_back({std::move(function.name), {}});
  }
  const auto has_same_name = [](const Function& a, const Function& b) { return a.name == b.name; };
  functions.erase(std::unique(functions.begin(), functions.end(), has_same_name), functions.end());
  return functions;
}

bool is_in_module(const Function& function, const std::string& pattern) {
  return pattern.empty() ||
         matches_wildcard(pattern, function.module.empty() ? lang::kKernelModule
                                                           : std::string_view(function.module));
}

// Stands in the list for places that were once functions, in init code say.
bool is_function(const Function& function) {
  return !function.name.starts_with("__ftrace_invalid_address__");
}

Result<void> resolve(const lang::AttachPoint& point, ResolveContext& context,
                     std::vector<Match>& matches) {
  Match match;
  match.name = point.text;
  match.offset = point.offset;
  if (point.name.starts_with("0x")) {
    if (!context.is_unsafe)
      return Error{"Unable to attach probe: " + point.text +
                       "; the kernel does not check what an address is",
                   0, "--unsafe places it all the same"};
    match.offset += static_cast<uint64_t>(parse_integer(point.name).value_or(0));
    matches.push_back(std::move(match));
    return {};
  }
  if (!has_wildcard(point.name) && !has_wildcard(point.target)) {
    const bool has_module = !point.target.empty() && point.target != lang::kKernelModule;
    match.event = has_module ? point.target + ":" + point.name : point.name;
    matches.push_back(std::move(match));
    return {};
  }
  SCRY_TRY_ASSIGN(const std::vector<Function> functions, candidates(context.facts));
  const size_t before = matches.size();
  match.may_be_left_out = true;
  for (const Function& function : functions) {
    if (!matches_wildcard(point.name, function.name) || !is_in_module(function, point.target) ||
        !is_function(function))
      continue;
    match.event = function.name;
    match.name = std::string(lang::row(point.kind).name) + ":" + function.name;
    matches.push_back(match);
  }
  if (matches.size() != before) return {};
  const std::string module = point.target.empty() ? "" : point.target + ":";
  return no_matches(context, point, module + point.name);
}

// --- attach -----------------------------------------------------------------------------------------

Error refused(const Match& match) {
  if (errno == ENOENT || errno == ESRCH)
    return Error{"Unable to attach probe: " + match.name + "; the kernel has no such function", 0,
                 std::string("`scry -l '") + lang::row(match.kind).name +
                     ":*'` lists them; the compiler may have inlined it"};
  if (errno == EILSEQ)
    return Error{"Unable to attach probe: " + match.name + "; no instruction begins there", 0, {}};
  if (errno == EINVAL || errno == EADDRNOTAVAIL)
    return Error{"Unable to attach probe: " + match.name + "; the kernel lets nobody trace it", 0,
                 "code that tracing itself runs through is out of bounds"};
  return attach_error(match.name);
}

Result<void> attach_singly(const Match& match, int program, std::vector<Fd>& attachments) {
  const auto type = read_file(kTypeFile);
  if (!type)
    return Error{"Unable to attach probe: " + match.name + "; this kernel has no kprobes", 0,
                 "it needs CONFIG_KPROBES; `scry --info` shows what this kernel can do"};
  perf_event_attr event = {};
  event.type = static_cast<uint32_t>(std::atoi(type.value().c_str()));
  event.config = is_return(match.kind) ? 1 : 0;  // format/retprobe: config:0
  if (!match.event.empty()) event.kprobe_func = reinterpret_cast<uintptr_t>(match.event.c_str());
  event.probe_offset = match.offset;  // without a function: kprobe_addr, the same member
  if (!attach_perf_event(event, program, match.name_id, attachments)) return refused(match);
  return {};
}

bool link_together(std::span<const Match* const> matches, int program,
                   std::vector<Fd>& attachments) {
  KprobeMulti multi;
  multi.is_return = is_return(matches[0]->kind);
  for (const Match* match : matches) {
    multi.functions.push_back(match->event.c_str());
    multi.cookies.push_back(match->name_id);
  }
  Fd link(link_kprobes(program, multi));
  const bool is_linked = link.is_open();
  if (is_linked) attachments.push_back(std::move(link));
  return is_linked;
}

Result<void> attach(const std::vector<const Match*>& matches, const AttachContext& context,
                    std::vector<Fd>& attachments) {
  const int program = program_of(*matches[0], context);
  std::vector<Refusal> refusals;
  if (context.loaded.is_multi[context.plan.probes[matches[0]->probe].program]) {
    attach_together(
        std::span(matches), [&](auto some) { return link_together(some, program, attachments); },
        [&](const Match* match) {
          refusals.push_back({match, refused(*match)});
        });
  } else {
    for (const Match* match : matches)
      if (auto done = attach_singly(*match, program, attachments); !done)
        refusals.push_back({match, std::move(done).error()});
  }
  return leave_out(std::move(refusals), matches.size(), context);
}

}  // namespace

const Family kKprobeFamily = {resolve, attach};

}  // namespace scry::runtime
