#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>

#include "plan/place.h"
#include "runtime/attach/attach.h"
#include "runtime/attach/family.h"
#include "runtime/attach/refusals.h"

namespace scry::runtime {

using lang::ProbeKind;

namespace {

struct Row {
  ProbeKind kind;
  const Family* family;
};

constexpr Row kRows[] = {
    {ProbeKind::Begin, &kSpecialFamily},
    {ProbeKind::End, &kSpecialFamily},
    {ProbeKind::Interval, &kIntervalFamily},
    {ProbeKind::Tracepoint, &kTracepointFamily},
    {ProbeKind::Profile, &kProfileFamily},
    {ProbeKind::Software, &kSoftwareFamily},
    {ProbeKind::Uprobe, &kUprobeFamily},
    {ProbeKind::Uretprobe, &kUprobeFamily},
    {ProbeKind::Kprobe, &kKprobeFamily},
    {ProbeKind::Kretprobe, &kKprobeFamily},
    {ProbeKind::RawTracepoint, &kRawTracepointFamily},
    {ProbeKind::Fentry, &kFentryFamily},
    {ProbeKind::Fexit, &kFentryFamily},
    {ProbeKind::Usdt, &kUsdtFamily},
};

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// Replaces $1, $2, …; a parameter that was not given becomes nothing.
std::string substitute(const std::string& text, const std::vector<std::string>& parameters) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '$' || i + 1 == text.size() || !is_digit(text[i + 1])) {
      out += text[i++];
      continue;
    }
    size_t number = 0;
    for (++i; i < text.size() && is_digit(text[i]); ++i)
      number = std::min<size_t>(number * 10 + static_cast<size_t>(text[i] - '0'), 1u << 20);
    if (number >= 1 && number <= parameters.size()) out += parameters[number - 1];
  }
  return out;
}

// Is it worth a word, where it is no error?
bool is_told(const lang::Config& config) {
  return config.is(lang::ConfigKey::MissingProbes, "warn");
}

bool is_error(const lang::Config& config) {
  return config.is(lang::ConfigKey::MissingProbes, "error");
}

// A removed probe is told once, with the place of its first attach point.
void tell_of_removed(const plan::Probe& probe, const ResolveContext& context, Matches& matches) {
  if (is_told(context.config))
    matches.missing.push_back({probe.attach_points.front().span,
                               "Probe has no valid attach points. It is being removed which may "
                               "cause issues with program behavior.",
                               0});
}

// Functions of the kernel and of programs share links, and are not counted.
Result<void> check_count(const Matches& matches, const lang::Config& config) {
  const auto is_single = [](const Match& match) {
    return match.kind != ProbeKind::Uprobe && match.kind != ProbeKind::Uretprobe &&
           match.kind != ProbeKind::Kprobe && match.kind != ProbeKind::Kretprobe;
  };
  const auto count =
      static_cast<uint64_t>(std::count_if(matches.list.begin(), matches.list.end(), is_single));
  const uint64_t most = config.number(lang::ConfigKey::MaxProbes);
  if (count <= most) return {};
  return Error{fmt::format("Can't attach to {} probes because it exceeds the current limit of {} "
                           "probes.",
                           count, most),
               0,
               "You can increase the limit through the BPFTRACE_MAX_PROBES environment variable, "
               "but BE CAREFUL since a high number of probes attached can cause your system to "
               "crash."};
}

}  // namespace

Result<void> no_matches(ResolveContext& context, const lang::AttachPoint& point,
                        const std::string& pattern, std::string hint) {
  const std::string text =
      fmt::format("No matches for {} {}.", lang::row(point.kind).name, pattern);
  if (is_error(context.config)) return Error{text, 0, std::move(hint)};
  if (is_told(context.config)) context.missing.push_back({point.span, text + " Skipping.", 0});
  return {};
}

const Family* family(ProbeKind kind) {
  for (const Row& row : kRows)
    if (row.kind == kind) return row.family;
  return nullptr;
}

int program_of(const Match& match, const AttachContext& context) {
  const auto own = context.loaded.match_programs.find(match.name_id);
  if (own != context.loaded.match_programs.end()) return own->second.get();
  return context.loaded.programs[context.plan.probes[match.probe].program].get();
}

Error attach_error(const std::string& name, std::string hint) {
  if (hint.empty() && (errno == EPERM || errno == EACCES))
    hint = "run as root, or with CAP_BPF and CAP_PERFMON";
  return errno_error("Unable to attach probe: " + name, std::move(hint));
}

bool Matches::has_any_to_attach() const {
  return std::any_of(list.begin(), list.end(), [](const Match& match) {
    return match.kind != ProbeKind::Begin && match.kind != ProbeKind::End;
  });
}

std::vector<std::string> Matches::names() const {
  std::vector<std::string> names;
  for (const Match& match : list) names.push_back(match.name);
  return names;
}

uint64_t Matches::first_name_id(uint32_t probe) const {
  for (const Match& match : list)
    if (match.probe == probe) return match.name_id;
  return 0;
}

Result<Matches> resolve(const ResolveContext& given) {
  ResolveContext context = given;
  Matches matches;
  uint32_t place_count = 0;
  for (uint32_t probe = 0; probe < context.plan.probes.size(); ++probe) {
    const size_t before_probe = matches.list.size();
    context.probe = probe;
    for (const lang::AttachPoint& written : context.plan.probes[probe].attach_points) {
      lang::AttachPoint point = written;
      for (std::string* part : {&point.text, &point.target, &point.name})
        *part = substitute(*part, context.parameters);
      const Family* found = family(point.kind);
      if (!found)
        return Error{
            "Unable to attach probe: " + point.text + "; this kind is not supported yet", 0, {}};
      const size_t before = matches.list.size();
      if (auto resolved = found->resolve(point, context, matches.list); !resolved) {
        Error error = resolved.error();
        if (const std::string place = plan::place_in(context.plan, written.span); !place.empty()) {
          error.what = error.message();
          error.error_number = 0;
          if (error.what.ends_with('.')) error.what.pop_back();
          error.what += place;
        }
        return error;
      }
      for (size_t i = before; i < matches.list.size(); ++i) {
        matches.list[i].probe = probe;
        matches.list[i].kind = point.kind;
        matches.list[i].name_id = i + 1;
        matches.list[i].first_place = place_count;
        place_count += static_cast<uint32_t>(matches.list[i].places.size());
      }
    }
    for (Missing& missing : context.missing) matches.missing.push_back(std::move(missing));
    context.missing.clear();
    if (matches.list.size() == before_probe)
      tell_of_removed(context.plan.probes[probe], context, matches);
  }
  SCRY_TRY(check_count(matches, context.config));
  return matches;
}

Result<void> leave_out(std::vector<Refusal> refusals, size_t count, const AttachContext& context) {
  for (Refusal& refusal : refusals) {
    if (!refusal.match->may_be_left_out || refusals.size() == count)
      return std::move(refusal.error);
    context.left_out.push_back(refusal.match);
  }
  return {};
}

size_t count_slow_to_detach(const Matches& matches, const AttachContext& context) {
  const Loaded& loaded = context.loaded;
  return static_cast<size_t>(
      std::count_if(matches.list.begin(), matches.list.end(), [&](const Match& match) {
        const uint32_t program = context.plan.probes[match.probe].program;
        const plan::ProgramKind kind = context.plan.programs[program].kind;
        return (kind == plan::ProgramKind::Tracepoint && !loaded.is_raw[program]) ||
               (kind == plan::ProgramKind::KernelRegisters && !loaded.is_multi[program]);
      }));
}

Result<void> attach(const Matches& matches, const AttachContext& context,
                    std::vector<Fd>& attachments, std::vector<Missing>& missing) {
  SCRY_TRY(attach_dispatches(matches, context, attachments));
  for (size_t i = 0; i < matches.list.size();) {
    std::vector<const Match*> of_probe;
    const Match& first = matches.list[i];
    for (; i < matches.list.size() && matches.list[i].probe == first.probe &&
           matches.list[i].kind == first.kind;
         ++i)
      of_probe.push_back(&matches.list[i]);
    const Family* found = family(first.kind);
    if (!found->attach) continue;
    const Result<void> attached = found->attach(of_probe, context, attachments);
    if (attached) continue;
    if (is_error(context.config)) {
      Error error = attached.error();
      if (error.hint.empty())
        error.hint = "If this is expected, set the 'missing_probes' config variable to 'warn'.";
      return error;
    }
    const Span span = context.plan.probes[first.probe].attach_points.front().span;
    missing.push_back({span, attached.error().message(), of_probe.size()});
  }
  return {};
}

}  // namespace scry::runtime
