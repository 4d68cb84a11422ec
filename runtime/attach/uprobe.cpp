// uprobe and uretprobe: functions of programs and libraries. One uprobe_multi link holds all matches in a
// file (Linux 6.6); where the kernel refuses that, each match is a perf event.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>

#include "base/strings.h"
#include "runtime/attach/family.h"
#include "runtime/attach/perf_event.h"
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

Result<void> resolve(const lang::AttachPoint& point, ResolveContext& context,
                     std::vector<Match>& matches) {
  if (has_wildcard(point.target) || !point.language.empty())
    return Error{"Unable to attach probe: " + point.text + "; " +
                     (point.language.empty() ? "wildcards in a binary's path are"
                                             : "names of a language are") +
                     " not supported yet",
                 0,
                 {}};
  SCRY_TRY_ASSIGN(const std::string path, target::resolve_binary(point.target, context.pid));
  SCRY_TRY_ASSIGN(const target::ElfFile elf, target::ElfFile::open(path));
  if (is_return(point.kind) && elf.is_go())
    return Error{"Unable to attach probe: " + point.text + "; `" + path +
                     "` is a Go program, whose stacks move: a "
                     "return probe would crash it",
                 0, "use uprobe, which is safe there"};

  Match match;
  match.name = point.text;
  match.path = path;
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
    match.name = std::string(lang::row(point.kind).name) + ":" + path + ":" + function.name;
    match.offset = function.offset;
    matches.push_back(match);
  }
  return {};
}

// --- attach -----------------------------------------------------------------------------------------

// Before 6.10 uprobe_multi's pid meant one thread. Nothing but the version tells; without the filter the
// programs still test the process themselves, at the price of breakpoints in all others.
bool has_process_filter() { return kernel_is_at_least(6, 10); }

// Does errno say that the kernel has no uprobe_multi? EBADF and EINVAL come from kernels that read the
// attributes as those of another link.
bool lacks_multi() { return errno == EINVAL || errno == EOPNOTSUPP || errno == EBADF; }

Result<void> attach_singly(const Match& match, int program, std::vector<Fd>& attachments) {
  const auto type = read_file("/sys/bus/event_source/devices/uprobe/type");
  if (!type)
    return Error{"Unable to attach probe: " + match.name + "; this kernel has no uprobes", 0, {}};
  perf_event_attr event = {};
  event.type = static_cast<uint32_t>(std::atoi(type.value().c_str()));
  event.config = is_return(match.kind) ? 1 : 0;  // format/retprobe: config:0
  event.uprobe_path = reinterpret_cast<uintptr_t>(match.path.c_str());
  event.probe_offset = match.offset;
  if (!attach_perf_event(event, program, match.name_id, attachments))
    return attach_error(match.name);
  return {};
}

Result<void> attach(const std::vector<const Match*>& matches, const AttachContext& context,
                    std::vector<Fd>& attachments) {
  const int program = program_of(*matches[0], context);
  std::map<std::string, std::vector<const Match*>> by_file;
  for (const Match* match : matches) by_file[match->path].push_back(match);
  for (const auto& [path, places] : by_file) {
    UprobeMulti multi{path, {}, {}, is_return(places[0]->kind), 0};
    if (context.pid && has_process_filter()) multi.pid = static_cast<uint32_t>(*context.pid);
    for (const Match* place : places) {
      multi.offsets.push_back(place->offset);
      multi.cookies.push_back(place->name_id);
    }
    Fd link(link_uprobes(program, multi));
    if (link.is_open()) {
      attachments.push_back(std::move(link));
      continue;
    }
    if (!lacks_multi()) return attach_error(places[0]->name);
    for (const Match* place : places) SCRY_TRY(attach_singly(*place, program, attachments));
  }
  return {};
}

}  // namespace

const Family kUprobeFamily = {resolve, attach};

}  // namespace scry::runtime
