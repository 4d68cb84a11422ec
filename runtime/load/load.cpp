#include "runtime/load/load.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/strings.h"
#include "kernel/features.h"
#include "plan/place.h"
#include "runtime/load/bpf.h"
#include "runtime/load/cgroup.h"
#include "runtime/load/members.h"
#include "runtime/load/relocate.h"
#include "runtime/symbols/kernel.h"

namespace scry::runtime {

using lang::ConfigKey;

namespace {

// The program itself and bpf_trace_runN: where a raw tracepoint's stack begins.
constexpr uint64_t kRawTracepointFrames = 2;
constexpr uint32_t kEveryInstruction = 2;  // log level

// Where system-call arguments lie in x86-64's struct pt_regs: di si dx r10 r8 r9.
constexpr uint32_t kArgumentOffsets[] = {112, 104, 96, 56, 72, 64};

Result<uint32_t> argument_offset(kernel::KernelFacts& facts, const std::string& event,
                                 const std::string& field) {
  SCRY_TRY_ASSIGN(const kernel::TracepointFormat format, facts.tracepoint("syscalls", event));
  size_t index = 0;
  for (const kernel::TracepointField& candidate : format.fields) {
    if (candidate.name == "__syscall_nr") continue;
    if (candidate.name == field && index < std::size(kArgumentOffsets))
      return kArgumentOffsets[index];
    ++index;
  }
  return Error{
      "tracepoint:syscalls:" + event + " has no argument `" + field + "` on this kernel", 0, {}};
}

uint64_t boot_time_ns() {
  timespec now = {};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

class Loader {
 public:
  explicit Loader(const LoadContext& context) : context_(context) {}

  Result<Loaded> load() {
    std::vector<std::string> tables;
    for (const plan::SyscallDispatch& dispatch : context_.plan.dispatches) {
      SCRY_TRY_ASSIGN(tables.emplace_back(),
                      dispatch_table(dispatch, context_.matches, context_.facts));
    }
    SCRY_TRY_ASSIGN(
        Maps maps,
        Maps::create(context_.plan, {context_.parameters, tables, static_places(context_.matches),
                                     context_.config.number(ConfigKey::PerfRbPages)}));
    SCRY_TRY(check_count());
    Loaded loaded{std::move(maps), {}, {}, {}, {}, {}, {}};
    for (size_t i = 0; i < context_.plan.programs.size(); ++i)
      SCRY_TRY(load_for_matches(i, loaded));
    return loaded;
  }

 private:
  Result<void> check_count() const {
    size_t count = 0;
    for (size_t i = 0; i < context_.plan.programs.size(); ++i)
      count += reads_record(context_.plan.programs[i]) ? matches_of(i).size() : 1;
    const uint64_t most = context_.config.number(ConfigKey::MaxBpfProgs);
    if (count <= most) return {};
    return Error{fmt::format("Your program is trying to generate more than {} BPF programs, which "
                             "exceeds the current limit of {}",
                             count - 1, most),
                 0,
                 "You can increase the limit through the BPFTRACE_MAX_BPF_PROGS environment "
                 "variable."};
  }

  // Is the program one of a probe that missing_probes has left without a match?
  bool is_removed(size_t program) const {
    return matches_of(program).empty() && !plan::is_dispatch(context_.plan, program);
  }

  size_t log_size() const { return context_.config.number(ConfigKey::LogSize); }
  const char* license() const { return context_.config.text(ConfigKey::License).c_str(); }

  // One program; more of it where its fields lie elsewhere in each match.
  Result<void> load_for_matches(size_t index, Loaded& loaded) {
    const plan::Program& program = context_.plan.programs[index];
    const std::vector<const Match*> matches = matches_of(index);
    const Match* first = matches.empty() ? nullptr : matches.front();
    loaded.is_raw.push_back(false);
    loaded.is_multi.push_back(program.kind == plan::ProgramKind::KernelRegisters &&
                              can_be_multi(matches));
    if (is_removed(index)) {
      loaded.programs.emplace_back();
      return {};
    }
    if (program.kind == plan::ProgramKind::Tracepoint && can_be_raw(program, matches)) {
      SCRY_TRY_ASSIGN(const auto instructions, patched(program, loaded.maps, first, true));
      Fd raw = load_as({BPF_PROG_TYPE_RAW_TRACEPOINT, 0}, program, instructions, loaded.logs);
      loaded.is_raw.back() = raw.is_open();
      if (raw.is_open()) {
        loaded.programs.push_back(std::move(raw));
        return {};
      }
    }
    const bool is_raw = program.kind == plan::ProgramKind::RawTracepoint || is_event(program);
    SCRY_TRY_ASSIGN(const auto instructions, patched(program, loaded.maps, first, is_raw));
    SCRY_TRY_ASSIGN(const ProgramShape shape,
                    shape_of(program.kind, first, loaded.is_multi.back()));
    SCRY_TRY_ASSIGN(loaded.programs.emplace_back(),
                    load(program, shape, instructions, loaded.logs));
    if (plan::is_dispatch(context_.plan, index) && needs_twin())
      add_twin(index, shape, instructions, loaded);
    if (!depends_on_match(program)) return {};
    for (size_t m = 1; m < matches.size(); ++m) {
      SCRY_TRY_ASSIGN(const auto own, patched(program, loaded.maps, matches[m], is_raw));
      SCRY_TRY_ASSIGN(const ProgramShape own_shape, shape_of(program.kind, matches[m], false));
      std::vector<std::string> same_log;
      SCRY_TRY_ASSIGN(loaded.match_programs[matches[m]->name_id],
                      load(program, own_shape, own, same_log));
    }
    return {};
  }

  // Where it cannot be had the program stays alone, and what it is skipped for is told.
  void add_twin(size_t index, const ProgramShape& shape, const std::vector<uint64_t>& instructions,
                Loaded& loaded) {
    const plan::Program& program = context_.plan.programs[index];
    std::vector<std::string> ignored;
    Twin twin{create_marks(), {}};
    if (!twin.marks.is_open()) return;
    twin.program = load_as(shape, program, unmarking(instructions, twin.marks), ignored);
    Fd first = load_as(shape, program, marking(instructions, twin.marks), ignored);
    if (!twin.program.is_open() || !first.is_open()) return;
    loaded.programs[index] = std::move(first);
    loaded.twins[static_cast<uint32_t>(index)] = std::move(twin);
  }

  // A single match needs no feature tried; a place inside of a function is not for a multi link.
  bool can_be_multi(const std::vector<const Match*>& matches) {
    return matches.size() > 1 &&
           std::all_of(matches.begin(), matches.end(),
                       [](const Match* match) { return match->offset == 0; }) &&
           features_.has(kernel::Feature::KprobeMulti) == kernel::Support::Yes;
  }

  static bool has_relocation(const plan::Program& program, plan::RelocationKind kind) {
    return std::any_of(program.relocations.begin(), program.relocations.end(),
                       [&](const plan::Relocation& r) { return r.kind == kind; });
  }

  static bool reads_record(const plan::Program& program) {
    return has_relocation(program, plan::RelocationKind::TracepointField) ||
           has_relocation(program, plan::RelocationKind::TextLoad);
  }

  static bool is_event(const plan::Program& program) {
    return program.kind == plan::ProgramKind::RawEvent ||
           program.kind == plan::ProgramKind::BtfEvent;
  }

  static bool depends_on_match(const plan::Program& program) {
    const bool has_name = has_relocation(program, plan::RelocationKind::ProbeNameId);
    return reads_record(program) || program.kind == plan::ProgramKind::BtfEvent ||
           (program.kind == plan::ProgramKind::RawEvent && has_name);
  }

  // A raw tracepoint attaches in 0.2 ms; perf's takes a grace period of the kernel to detach.
  bool can_be_raw(const plan::Program& program, const std::vector<const Match*>& matches) {
    if (reads_record(program)) return false;
    const auto& raw = context_.facts.raw_tracepoints();
    return std::all_of(matches.begin(), matches.end(),
                       [&](const Match* match) { return raw.contains(match->event); });
  }

  std::vector<const Match*> matches_of(size_t program) const {
    std::vector<const Match*> matches;
    for (const Match& match : context_.matches.list)
      if (context_.plan.probes[match.probe].program == program) matches.push_back(&match);
    return matches;
  }

  Result<std::vector<uint64_t>> patched(const plan::Program& program, const Maps& maps,
                                        const Match* match, bool is_raw) {
    return relocate(program, [&](const plan::Relocation& r) {
      return value_of(r, program, maps, match, is_raw);
    });
  }

  Result<RelocationValue> value_of(const plan::Relocation& r, const plan::Program& program,
                                   const Maps& maps, const Match* match, bool is_raw) {
    using Kind = RelocationValue::Kind;
    const auto number = [](uint64_t value) { return RelocationValue{Kind::Number, value}; };
    switch (r.kind) {
      case plan::RelocationKind::MapFd:
        return RelocationValue{Kind::MapFd, static_cast<uint64_t>(maps.fd(r.id))};
      case plan::RelocationKind::MapValue:
        return RelocationValue{Kind::MapValue, static_cast<uint64_t>(maps.fd(r.id))};
      case plan::RelocationKind::Parameter: {
        SCRY_TRY_ASSIGN(const int64_t value, parameter(r.id));
        return number(static_cast<uint64_t>(value));
      }
      case plan::RelocationKind::ParameterCount: return number(context_.parameters.size());
      case plan::RelocationKind::PidFilter: return number(filter_of(program));
      case plan::RelocationKind::OwnFrames: return number(is_raw ? kRawTracepointFrames : 0);
      case plan::RelocationKind::StartTime: return number(start_ns_);
      case plan::RelocationKind::CpuCount: return number(maps.cpu_count());
      case plan::RelocationKind::ChildPid:
        return number(static_cast<uint64_t>(context_.child_pid.value_or(0)));
      case plan::RelocationKind::ProbeNameId:
        if (match && is_event(program)) return number(match->name_id);
        return number(context_.matches.first_name_id(r.id));
      case plan::RelocationKind::SyscallArgument: {
        SCRY_TRY_ASSIGN(const uint32_t offset, argument_offset(context_.facts, r.type, r.path));
        return number(offset);
      }
      case plan::RelocationKind::TracepointField:
      case plan::RelocationKind::TextLoad:
      case plan::RelocationKind::TextMask:
      case plan::RelocationKind::TextOffset: {
        if (!match)
          return Error{"the plan is damaged: a field of no tracepoint", 0, "build it again"};
        return with_place(tracepoint_value(context_.facts, match->category, match->event, r), r,
                          program);
      }
      case plan::RelocationKind::KernelSymbol: {
        const auto [known, is_new] = symbols_.try_emplace(r.path);
        if (is_new) known->second = kernel_symbol_address(r.path);
        if (known->second) return number(*known->second);
        return Error{
            "Failed to resolve kernel symbol: " + r.path + place_of(program, r.instruction), 0, {}};
      }
      case plan::RelocationKind::CgroupId: {
        const Result<uint64_t> id = cgroup_id(r.path);
        if (id) return number(id.value());
        return Error{id.error().message() + place_of(program, r.instruction), 0, id.error().hint};
      }
      case plan::RelocationKind::KernelField: {
        const Result<uint32_t> offset = context_.facts.field_offset(r.type, r.path);
        if (offset) return number(offset.value());
        if (offset.error().error_number == ENOENT) return number(plan::kMissingField);
        return offset.error();
      }
      case plan::RelocationKind::MemberOffset:
      case plan::RelocationKind::MemberSize:
      case plan::RelocationKind::MemberShiftLeft:
      case plan::RelocationKind::MemberShiftRight:
      case plan::RelocationKind::MemberLoad:
      case plan::RelocationKind::LayoutSize:
        return with_place(member_value(context_.facts, r), r, program);
      case plan::RelocationKind::RawArgument:
        if (!match)
          return Error{"the plan is damaged: an argument of no event", 0, "build it again"};
        return with_place(raw_argument_value(context_.facts, *match, r), r, program);
    }
    return Error{"the plan is damaged: an unknown relocation", 0, "build it again"};
  }

  // What this kernel lacks, with the probe and the line that want it.
  Result<RelocationValue> with_place(Result<RelocationValue> value, const plan::Relocation& r,
                                     const plan::Program& program) const {
    if (value) return value;
    return Error{program.name + ": " + value.error().what + place_of(program, r.instruction), 0,
                 value.error().hint};
  }

  Result<int64_t> parameter(uint32_t number) {
    if (number == 0 || number > context_.parameters.size()) return 0;
    const std::string& text = context_.parameters[number - 1];
    if (const auto value = parse_integer(text)) return *value;
    return Error{
        fmt::format("positional parameter ${} is used as a number; `{}` is none", number, text),
        0,
        {}};
  }

  // -c's child is watched by what is attached to it; other events are everybody's, as bpftrace has it.
  uint64_t filter_of(const plan::Program& program) {
    if (context_.pid) return static_cast<uint64_t>(*context_.pid);
    if (context_.child_pid && program.kind == plan::ProgramKind::Registers)
      return static_cast<uint64_t>(*context_.child_pid);
    return 0;
  }

  Result<ProgramShape> shape_of(plan::ProgramKind kind, const Match* match, bool is_multi) {
    switch (kind) {
      case plan::ProgramKind::TestRun:
      case plan::ProgramKind::RawEvent:
      case plan::ProgramKind::RawTracepoint: return ProgramShape{BPF_PROG_TYPE_RAW_TRACEPOINT, 0};
      case plan::ProgramKind::Registers: return ProgramShape{BPF_PROG_TYPE_KPROBE, kUprobeMulti};
      case plan::ProgramKind::KernelRegisters:
        return ProgramShape{BPF_PROG_TYPE_KPROBE, is_multi ? uint32_t{BPF_TRACE_KPROBE_MULTI} : 0u};
      case plan::ProgramKind::Tracepoint: return ProgramShape{BPF_PROG_TYPE_TRACEPOINT, 0};
      case plan::ProgramKind::PerfEvent: return ProgramShape{BPF_PROG_TYPE_PERF_EVENT, 0};
      case plan::ProgramKind::BtfEvent:
        if (match) return typed_shape(context_.facts, *match);
    }
    return Error{"the plan is damaged: a program of no kind", 0, "build it again"};
  }

  // Where the program's callbacks begin in what is loaded, which may have something before the program (twin.h).
  static std::vector<uint32_t> callbacks_in(const plan::Program& program,
                                            const std::vector<uint64_t>& instructions) {
    std::vector<uint32_t> callbacks = program.functions;
    const size_t before = instructions.size() - program.instructions.size();
    for (uint32_t& first : callbacks) first += static_cast<uint32_t>(before);
    return callbacks;
  }

  // Where the run wants them, the verifier's log is added to `logs`.
  Fd load_as(const ProgramShape& shape, const plan::Program& program,
             const std::vector<uint64_t>& instructions, std::vector<std::string>& logs) {
    std::string log(context_.keeps_logs ? log_size() : 0, '\0');
    std::string* wanted = context_.keeps_logs ? &log : nullptr;
    Fd fd(load_program(shape, program.name, instructions, callbacks_in(program, instructions),
                       license(), wanted, kEveryInstruction));
    // Kernels before 6.4 refuse a program whose log does not fit; then the beginning must do.
    if (!fd.is_open() && errno == ENOSPC && wanted)
      fd = Fd(load_program(shape, program.name, instructions, callbacks_in(program, instructions),
                           license(), nullptr));
    if (fd.is_open() && wanted) {
      log.resize(strnlen(log.data(), log.size()));
      logs.push_back(std::move(log));
    }
    return fd;
  }

  Result<Fd> load(const plan::Program& program, ProgramShape shape,
                  const std::vector<uint64_t>& instructions, std::vector<std::string>& logs) {
    Fd fd = load_as(shape, program, instructions, logs);
    if (!fd.is_open() && errno == EINVAL && shape.expected_attach_type == kUprobeMulti) {
      shape.expected_attach_type = 0;  // a kernel that has no uprobe_multi and says so
      fd = load_as(shape, program, instructions, logs);
    }
    if (fd.is_open()) return fd;
    return refusal(program, shape, instructions, errno);
  }

  Error refusal(const plan::Program& program, const ProgramShape& shape,
                const std::vector<uint64_t>& instructions, int error_number) {
    std::string what = "Error loading BPF program for " + program.name;
    if (error_number == EPERM) return no_permission(std::move(what));
    // Only now the log: asking for it makes every load slower.
    std::string log(log_size(), '\0');
    const Fd again(load_program(shape, program.name, instructions,
                                callbacks_in(program, instructions), license(), &log));
    log.resize(strnlen(log.data(), log.size()));
    const VerifierWords words = summarize(log);
    if (words.instruction) what += place_of(program, *words.instruction);
    if (words.is_endless)
      return Error{
          std::move(what) + ". The end of the loop could not be proven", error_number,
          "write it as `for $i : 0..N { … }`, which needs no proof; `break` leaves it early",
          std::move(log)};
    if (!words.text.empty()) what += ". The kernel's verifier says: " + words.text;
    return Error{std::move(what), error_number,
                 log.empty() ? "" : "-v shows the verifier's whole log", std::move(log)};
  }

  // ". At x.bt:3: printf(…);"
  std::string place_of(const plan::Program& program, uint32_t instruction) const {
    const plan::SourceLine* found = nullptr;
    for (const plan::SourceLine& line : program.lines)
      if (line.instruction <= instruction) found = &line;
    return found ? plan::place_in(context_.plan, found->span) : "";
  }

  const LoadContext& context_;
  kernel::Features features_{context_.facts};
  std::map<std::string, std::optional<uint64_t>> symbols_;  // of the kernel, looked up
  const uint64_t start_ns_ = boot_time_ns();
};

// "12: (85) call …" -> 12
std::optional<uint32_t> instruction_number(std::string_view line) {
  uint32_t number = 0;
  const auto [end, failure] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (failure != std::errc() || line.data() + line.size() - end < 3 ||
      std::string_view(end, 3) != ": (")
    return {};
  return number;
}

}  // namespace

VerifierWords summarize(std::string_view log) {
  VerifierWords words;
  for (const std::string& line : split(log, '\n')) {
    if (line.starts_with("processed ") || line.starts_with("verification time") ||
        line.starts_with("stack depth") || trim(line).empty())
      continue;
    if (const auto number = instruction_number(line)) words.instruction = number;
    words.is_endless |= line.find("infinite loop detected") != std::string::npos;
    words.text = std::string(trim(line));
  }
  return words;
}

Result<std::string> dispatch_table(const plan::SyscallDispatch& dispatch, const Matches& matches,
                                   kernel::KernelFacts& facts) {
  std::string table(size_t{plan::kSyscallRows} * dispatch.row_size, '\0');
  const auto put = [&](const Match& match, uint32_t offset, uint64_t value) {
    const auto word = static_cast<uint32_t>(value);
    std::memcpy(table.data() + size_t{match.syscall} * dispatch.row_size + offset, &word,
                sizeof word);
  };
  for (const plan::SyscallProbe& probe : dispatch.probes) {
    for (const Match& match : matches.list) {
      if (match.probe != probe.probe) continue;
      if (match.syscall >= plan::kSyscallRows)
        return Error{"Unable to attach probe: " + match.name + "; its number is too large", 0, {}};
      put(match, probe.row_offset, match.name_id);
      for (const plan::SyscallArgument& argument : probe.arguments) {
        SCRY_TRY_ASSIGN(const uint32_t offset, argument_offset(facts, match.event, argument.field));
        put(match, argument.row_offset, offset);
      }
    }
  }
  return table;
}

Result<Loaded> load(const LoadContext& context) { return Loader(context).load(); }

}  // namespace scry::runtime
