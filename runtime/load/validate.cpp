#include "runtime/load/validate.h"

#include <fmt/format.h>

namespace scry::runtime {

using types::Kind;

namespace {

constexpr int kDeepestType = 16;
constexpr uint32_t kLargestType = 1u << 20;

Error bad(const std::string& what) { return Error{"the plan is damaged: " + what, 0, "build it again"}; }

uint64_t round_up(uint64_t value) { return (value + 7) / 8 * 8; }

bool is_sound(const Type& type, int depth);

bool are_sound_fields(const Type& type, int depth) {
  for (const types::Field& field : type.fields)
    if (!field.type || !is_sound(*field.type, depth + 1) || field.type->is_aggregation() ||
        uint64_t{field.offset} + field.type->size > type.size)
      return false;
  return true;
}

// Are its parts inside of it, and its size what its kind says?
bool is_sound(const Type& type, int depth = 0) {
  if (depth > kDeepestType || type.size > kLargestType) return false;
  switch (type.kind) {
    case Kind::None: return type.size == 0;
    case Kind::Bool: return type.size == 1;
    case Kind::Int:
    case Kind::Enum: return type.size == 1 || type.size == 2 || type.size == 4 || type.size == 8;
    case Kind::Pointer:
    case Kind::ProbeName: return type.size == 8;
    case Kind::String: return type.size > 0;
    case Kind::Tuple:
    case Kind::Record: return are_sound_fields(type, depth);
    case Kind::Count: return type.size == 8;
    case Kind::Sum:
    case Kind::Avg:
    case Kind::Min:
    case Kind::Max:
    case Kind::Stats: return type.size == 16;
    case Kind::Hist: return type.size == 8 && type.count <= 5;
    case Kind::Lhist:
      return type.size == 8 && type.step > 0 && type.min < type.max &&
             (static_cast<__int128>(type.max) - type.min) / type.step <= 1000;
    default: return false;  // kinds that no program can make yet
  }
}

bool is_histogram(const Type& type) { return type.is(Kind::Hist) || type.is(Kind::Lhist); }

Result<void> check_user_map(const plan::Map& map) {
  const auto fail = [&](const char* what) { return bad(fmt::format("map `{}`: {}", map.name, what)); };
  if (!is_sound(map.value) || map.value.is_none()) return fail("its value's type");
  const bool is_aggregation = map.value.is_aggregation();
  if (map.is_scalar) {
    const uint64_t least = is_histogram(map.value) ? uint64_t{8} * types::hist_bucket_count(map.value)
                           : is_aggregation        ? map.value.size
                                                   : round_up(map.value.size) + 8;
    const plan::MapKind kind = is_aggregation ? plan::MapKind::PerCpuArray : plan::MapKind::Array;
    if (map.kind != kind || map.key_size != 4 || map.max_entries != 1) return fail("its kind");
    return map.value_size < least ? Result<void>(fail("its value's size")) : Result<void>();
  }
  if (map.kind == plan::MapKind::Array || map.kind == plan::MapKind::PerCpuArray ||
      map.kind == plan::MapKind::RingBuffer || map.max_entries == 0)
    return fail("its kind");
  const bool is_per_cpu = map.kind == plan::MapKind::PerCpuHash || map.kind == plan::MapKind::PerCpuLruHash;
  if (is_aggregation != is_per_cpu) return fail("its kind");
  if (!is_sound(map.key) || map.key.is_none() || map.key.is_aggregation()) return fail("its key's type");
  const uint64_t key = is_histogram(map.value) ? round_up(map.key.size) + 8 : map.key.size;
  if (map.key_size < key || map.key_size == 0) return fail("its key's size");
  if (map.value_size < map.value.size) return fail("its value's size");
  return {};
}

Result<void> check_maps(const plan::Plan& plan) {
  uint32_t states = 0, rings = 0;
  bool only_user = true;
  for (const plan::Map& map : plan.maps) {
    if (map.role == plan::MapRole::User && !only_user) return bad("the order of its maps");
    only_user = only_user && map.role == plan::MapRole::User;
    switch (map.role) {
      case plan::MapRole::User: SCRY_TRY(check_user_map(map)); break;
      case plan::MapRole::State:
        if (++states > 1 || map.kind != plan::MapKind::Array || map.value_size < sizeof(plan::RunState))
          return bad("its state map");
        break;
      case plan::MapRole::Ring:
        if (++rings > 1 || map.kind != plan::MapKind::RingBuffer || map.max_entries > (1u << 30))
          return bad("its ring buffer");
        break;
      case plan::MapRole::ReadOnly:
        if (map.value_size < plan.read_only.size()) return bad("its constants");
        [[fallthrough]];
      case plan::MapRole::Parameters:
      case plan::MapRole::Dispatch:
      case plan::MapRole::Scratch:
        if (map.kind != plan::MapKind::Array || map.key_size != 4 || map.value_size == 0)
          return bad(fmt::format("map `{}`", map.name));
        break;
      default: return bad("the role of a map");
    }
  }
  return {};
}

Result<void> check_programs(const plan::Plan& plan) {
  for (const plan::Program& program : plan.programs) {
    if (program.instructions.empty()) return bad(fmt::format("program `{}` is empty", program.name));
    for (const plan::Relocation& r : program.relocations) {
      if (uint64_t{r.instruction} + 1 >= program.instructions.size()) return bad("a relocation's place");
      const bool is_map = r.kind == plan::RelocationKind::MapFd || r.kind == plan::RelocationKind::MapValue;
      if (is_map && r.id >= plan.maps.size()) return bad("a relocation's map");
      if (r.kind == plan::RelocationKind::ProbeNameId && r.id >= plan.probes.size())
        return bad("a relocation's probe");
    }
  }
  return {};
}

// The programs that each kind of probe runs in.
bool fits(lang::ProbeKind probe, plan::ProgramKind program) {
  switch (probe) {
    case lang::ProbeKind::Begin:
    case lang::ProbeKind::End: return program == plan::ProgramKind::TestRun;
    case lang::ProbeKind::Interval: return program == plan::ProgramKind::PerfEvent;
    case lang::ProbeKind::Tracepoint: return program == plan::ProgramKind::RawTracepoint;
    case lang::ProbeKind::Uprobe:
    case lang::ProbeKind::Uretprobe: return program == plan::ProgramKind::Registers;
    default: return true;  // refused when resolved
  }
}

Result<void> check_probes(const plan::Plan& plan) {
  for (const plan::Probe& probe : plan.probes) {
    if (probe.program >= plan.programs.size() || probe.attach_points.empty()) return bad("a probe's program");
    for (const lang::AttachPoint& point : probe.attach_points)
      if (!fits(point.kind, plan.programs[probe.program].kind)) return bad("a probe's program");
  }
  for (const plan::SyscallDispatch& dispatch : plan.dispatches) {
    if (dispatch.program >= plan.programs.size() || dispatch.map >= plan.maps.size() ||
        plan.programs[dispatch.program].kind != plan::ProgramKind::RawTracepoint)
      return bad("a dispatch");
    const plan::Map& map = plan.maps[dispatch.map];
    if (map.role != plan::MapRole::Dispatch || uint64_t{dispatch.row_size} * plan::kSyscallRows > map.value_size)
      return bad("a dispatch's table");
    const auto is_inside = [&](uint32_t offset) { return uint64_t{offset} + 4 <= dispatch.row_size; };
    for (const plan::SyscallProbe& probe : dispatch.probes) {
      if (probe.probe >= plan.probes.size() || !is_inside(probe.row_offset)) return bad("a dispatch's probe");
      for (const plan::SyscallArgument& argument : probe.arguments)
        if (!is_inside(argument.row_offset)) return bad("a dispatch's argument");
    }
  }
  return {};
}

Result<void> check_formats(const plan::Plan& plan) {
  for (const lang::EventFormat& format : plan.formats) {
    for (const Type& argument : format.arguments)
      if (!is_sound(argument) || argument.is_aggregation() || argument.is_none())
        return bad("an event's argument");
    const bool has_map = format.map < plan.maps.size() && plan.maps[format.map].role == plan::MapRole::User;
    const size_t count = format.arguments.size();
    switch (format.kind) {
      case lang::EventKind::Printf: break;
      case lang::EventKind::PrintValue:
        if (count != 1) return bad("print()'s argument");
        break;
      case lang::EventKind::PrintElement:
        if (!has_map || count != 2) return bad("print()'s element");
        break;
      case lang::EventKind::PrintMap:
        if (!has_map || count > 2) return bad("print()'s map");
        break;
      case lang::EventKind::ClearMap:
        if (!has_map) return bad("clear()'s map");
        break;
      case lang::EventKind::Exit:
        if (count > 1) return bad("exit()'s argument");
        break;
      default: return bad("the kind of an event");
    }
  }
  return {};
}

}  // namespace

Result<void> validate(const plan::Plan& plan) {
  SCRY_TRY(check_maps(plan));
  SCRY_TRY(check_programs(plan));
  SCRY_TRY(check_probes(plan));
  return check_formats(plan);
}

}  // namespace scry::runtime
