// uprobe and uretprobe: functions of programs and libraries. One uprobe_multi link holds all matches in a
// file (Linux 6.6); where the kernel refuses that, each match is a perf event.
#include "runtime/attach/uprobe.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <span>

#include "base/strings.h"
#include "runtime/attach/family.h"
#include "runtime/attach/perf_event.h"
#include "runtime/attach/refusals.h"
#include "runtime/load/bpf.h"
#include "target/binary.h"
#include "target/elf.h"
#include "target/instructions.h"

namespace scry::runtime {

using lang::ProbeKind;

namespace {

// --- resolve ----------------------------------------------------------------------------------------

bool is_return(ProbeKind kind) { return kind == ProbeKind::Uretprobe; }

Result<void> no_match(ResolveContext& context, const lang::AttachPoint& point,
                      const target::ElfFile& elf) {
  std::string hint;
  if (!has_wildcard(point.name))
    if (const auto near = elf.nearest_name(point.name)) hint = "did you mean `" + *near + "`?";
  return no_matches(context, point, elf.path() + ":" + point.name, std::move(hint));
}

// A breakpoint inside an instruction changes what the traced program does. `start` is where the function
// begins in the file; without a function around the place nothing can be said.
Result<void> check_boundary(const lang::AttachPoint& point, const target::ElfFile& elf,
                            const std::optional<target::Function>& function, uint64_t offset,
                            const ResolveContext& context) {
  if (context.is_unsafe || (function && function->offset == offset)) return {};
  constexpr uint64_t kLongestInstruction = 15;
  const Error refused{"Unable to attach probe: " + point.text, 0,
                      "--unsafe places it all the same"};
  if (!function || function->size == 0 || offset < function->offset) {
    Error error = refused;
    error.what += "; no function of a known size is around that place";
    return error;
  }
  const uint64_t distance = offset - function->offset;
  Fd file(::open(elf.path().c_str(), O_RDONLY | O_CLOEXEC));
  std::string code(std::min(function->size, distance + kLongestInstruction), '\0');
  const ssize_t got = file.is_open() ? ::pread(file.get(), code.data(), code.size(),
                                               static_cast<off_t>(function->offset))
                                     : -1;
  if (got != static_cast<ssize_t>(code.size()))
    return errno_error("cannot read `" + elf.path() + "`");
  SCRY_TRY_ASSIGN(const bool is_start, target::starts_instruction(code, distance));
  if (is_start) return {};
  Error error = refused;
  error.what += "; it is in the middle of an instruction of `" + function->name + "`";
  return error;
}

Result<void> add_address(const lang::AttachPoint& point, const target::ElfFile& elf,
                         uint64_t address, const ResolveContext& context, Match match,
                         std::vector<Match>& matches) {
  const auto offset = elf.file_offset(address);
  if (!offset)
    return Error{"Unable to attach probe: " + point.text + "; the address is in no code of `" +
                     elf.path() + "`",
                 0,
                 {}};
  SCRY_TRY(check_boundary(point, elf, elf.function_at(address), *offset, context));
  match.offset = *offset;
  matches.push_back(std::move(match));
  return {};
}

// The attach point in one file.
Result<void> resolve_in(const target::ElfFile& elf, const lang::AttachPoint& point,
                        ResolveContext& context, std::vector<Match>& matches) {
  if (is_return(point.kind) && elf.is_go())
    return Error{"Unable to attach probe: " + point.text + "; `" + elf.path() +
                     "` is a Go program, whose stacks move: a "
                     "return probe would crash it",
                 0, "use uprobe, which is safe there"};

  Match match;
  match.name = point.text;
  match.path = elf.path();
  if (point.name.starts_with("0x"))
    if (const auto address = parse_integer(point.name))
      return add_address(point, elf, static_cast<uint64_t>(*address) + point.offset, context,
                         std::move(match), matches);
  if (!has_wildcard(point.name)) {
    const auto function = elf.find(point.name);
    if (!function) return no_match(context, point, elf);
    if (function->size != 0 && point.offset >= function->size)
      return Error{"Unable to attach probe: " + point.text + "; the offset is outside of `" +
                       point.name + "`, " + std::to_string(function->size) + " bytes long",
                   0,
                   {}};
    match.offset = function->offset + point.offset;
    SCRY_TRY(check_boundary(point, elf, function, match.offset, context));
    matches.push_back(std::move(match));
    return {};
  }
  const std::vector<target::Function> functions = elf.match(point.name);
  if (functions.empty()) return no_match(context, point, elf);
  for (const target::Function& function : functions) {
    match.name = std::string(lang::row(point.kind).name) + ":" + elf.path() + ":" + function.name;
    match.offset = function.offset;
    match.may_be_left_out = true;
    matches.push_back(match);
  }
  return {};
}

Result<void> resolve(const lang::AttachPoint& point, ResolveContext& context,
                     std::vector<Match>& matches) {
  if (!point.language.empty())
    return Error{
        "Unable to attach probe: " + point.text + "; names of a language are not supported yet",
        0,
        {}};
  SCRY_TRY_ASSIGN(const auto files, open_binaries(point, context.pid));
  if (!has_wildcard(point.target)) return resolve_in(files.front(), point, context, matches);
  const size_t before = matches.size();
  for (const target::ElfFile& file : files) {
    if (file.function_names(point.name).empty()) continue;
    lang::AttachPoint one = point;
    one.text = std::string(lang::row(point.kind).name) + ":" + file.path() + ":" + point.name;
    SCRY_TRY(resolve_in(file, one, context, matches));
  }
  if (matches.size() > before) return {};
  return no_matches(context, point, point.target + ":" + point.name);
}

// --- attach -----------------------------------------------------------------------------------------

// Before 6.10 uprobe_multi's pid meant one thread. Nothing but the version tells; without the filter the
// programs still test the process themselves, at the price of breakpoints in all others.
bool has_process_filter() { return kernel_is_at_least(6, 10); }

// Does errno say that the kernel has no uprobe_multi? EBADF and EINVAL come from kernels that read the
// attributes as those of another link.
bool lacks_multi() { return errno == EINVAL || errno == EOPNOTSUPP || errno == EBADF; }

constexpr int kNotSupported = 524;  // ENOTSUPP, which only the kernel has a name for

Error refused(const Match& match) {
  if (errno != kNotSupported) return attach_error(match.name);
  return Error{
      "Unable to attach probe: " + match.name + "; the kernel cannot probe the instruction there",
      0,
      {}};
}

// What the places of one probe in one file have in common.
struct UserProgram {
  const std::string& path;
  bool is_return;
  int fd;
  uint32_t pid;  // 0: every process
};

Result<void> attach_singly(const UserPlace& place, const UserProgram& program,
                           std::vector<Fd>& attachments) {
  const std::string& name = place.match->name;
  const auto type = read_file("/sys/bus/event_source/devices/uprobe/type");
  if (!type)
    return Error{"Unable to attach probe: " + name + "; this kernel has no uprobes", 0, {}};
  constexpr uint32_t kCounterShift = 32;
  perf_event_attr event = {};
  event.type = static_cast<uint32_t>(std::atoi(type.value().c_str()));
  // format/retprobe: config:0; format/ref_ctr_offset: config:32-63
  event.config = (program.is_return ? 1 : 0) | place.reference_counter << kCounterShift;
  event.uprobe_path = reinterpret_cast<uintptr_t>(program.path.c_str());
  event.probe_offset = place.offset;
  if (!attach_perf_event(event, program.fd, place.cookie, attachments))
    return refused(*place.match);
  return {};
}

// One link; where the kernel has no such links, a perf event for each place.
bool link_together(std::span<const UserPlace> places, const UserProgram& program,
                   std::vector<Refusal>& refusals, std::vector<Fd>& attachments) {
  UprobeMulti multi{program.path, {}, {}, {}, program.is_return, program.pid};
  for (const UserPlace& place : places) {
    multi.offsets.push_back(place.offset);
    multi.cookies.push_back(place.cookie);
    multi.reference_counters.push_back(place.reference_counter);
  }
  Fd link(link_uprobes(program.fd, multi));
  if (link.is_open()) {
    attachments.push_back(std::move(link));
    return true;
  }
  if (!lacks_multi()) return false;
  for (const UserPlace& place : places)
    if (auto done = attach_singly(place, program, attachments); !done)
      refusals.push_back({place.match, std::move(done).error()});
  return true;
}

Result<void> attach(const std::vector<const Match*>& matches, const AttachContext& context,
                    std::vector<Fd>& attachments) {
  UserPlaces places;
  for (const Match* match : matches)
    places[match->path].push_back({match, match->offset, match->name_id, 0});
  return attach_user_places(places, is_return(matches[0]->kind), program_of(*matches[0], context),
                            context, attachments);
}

}  // namespace

Result<std::vector<target::ElfFile>> open_binaries(const lang::AttachPoint& point,
                                                   std::optional<pid_t> pid) {
  SCRY_TRY_ASSIGN(const auto paths, target::resolve_binaries(point.target, pid));
  std::vector<target::ElfFile> files;
  for (const std::string& path : paths) {
    auto file = target::ElfFile::open(path);
    if (!file && !has_wildcard(point.target)) return file.error();
    if (file) files.push_back(std::move(file).value());
  }
  return files;
}

Result<void> attach_user_places(const UserPlaces& by_file, bool is_return, int program,
                                const AttachContext& context, std::vector<Fd>& attachments) {
  std::vector<Refusal> refusals;
  size_t count = 0;
  for (const auto& [path, places] : by_file) {
    count += places.size();
    UserProgram user{path, is_return, program, 0};
    if (context.pid && has_process_filter()) user.pid = static_cast<uint32_t>(*context.pid);
    attach_together(
        std::span(places),
        [&](auto some) { return link_together(some, user, refusals, attachments); },
        [&](const UserPlace& place) {
          refusals.push_back({place.match, refused(*place.match)});
        });
  }
  return leave_out(std::move(refusals), count, context);
}

const Family kUprobeFamily = {resolve, attach};

}  // namespace scry::runtime
