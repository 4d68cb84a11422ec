#include "plan/consistency.h"

#include <algorithm>

#include "base/bytes.h"

namespace scry::plan {

namespace {

using types::Kind;

constexpr uint32_t kLargestValue = 64u << 20;  // bytes of one value, record or constant
constexpr uint32_t kLargestRing = 1u << 30;
constexpr int kDeepestType = 16;

// Does `size` bytes at `offset` end within `whole`?
bool fits(uint64_t offset, uint64_t size, uint64_t whole) {
  return offset <= whole && size <= whole - offset;
}

// Parts lie inside the whole, and the size is what the kind says. Kinds that no program makes yet are refused.
bool is_sound(const Type& type, int depth = 0) {
  if (type.size > kLargestValue || depth > kDeepestType) return false;
  switch (type.kind) {
    case Kind::None: return type.size == 0;
    case Kind::Bool: return type.size == 1;
    case Kind::Int:
    case Kind::Enum: return type.size == 1 || type.size == 2 || type.size == 4 || type.size == 8;
    case Kind::ProbeName: return type.size == 8;
    case Kind::Pointer: return type.size == 8 && type.element;
    case Kind::String: return type.size > 0;
    case Kind::KernelSymbol: return type.size == 8;
    case Kind::UserSymbol: return type.size == 16;
    case Kind::Buffer: return type.size >= 4;
    case Kind::Inet: return type.size == 20;
    case Kind::MacAddress: return type.size == 6;
    case Kind::Username:
    case Kind::Timestamp: return type.size == 8;
    case Kind::KernelStack:
    case Kind::UserStack:
      return type.size == (type.is(Kind::KernelStack) ? 8 : 16) && type.count > 0 &&
             type.count <= types::kMostFrames;
    case Kind::Tuple:
    case Kind::Record:
      return std::all_of(type.fields.begin(), type.fields.end(), [&](const types::Field& field) {
        return field.type && !field.type->is_none() && !field.type->is_aggregation() &&
               is_sound(*field.type, depth + 1) && fits(field.offset, field.type->size, type.size);
      });
    case Kind::Array:
      return type.element && is_sound(*type.element, depth + 1) &&
             uint64_t{type.count} * type.element->size == type.size;
    case Kind::Count: return type.size == 8;
    case Kind::Sum:
    case Kind::Avg:
    case Kind::Min:
    case Kind::Max:
    case Kind::Stats: return type.size == 16;
    case Kind::Hist: return type.size == 8 && type.count <= 5;
    case Kind::Lhist:
      return type.size == 8 && type.step > 0 && type.max > type.min &&
             (static_cast<__int128>(type.max) - type.min) / type.step <= 1000;
    default: return false;
  }
}

// A value that a program can hand over: neither nothing nor an aggregation.
bool is_sound_value(const Type& type) {
  return is_sound(type) && !type.is_none() && !type.is_aggregation();
}

// One of the script's maps is read as its types say: plan.h and types/type.h have the layouts.
bool is_sound_user_map(const Map& map) {
  if (!is_sound(map.value) || map.value.is_none()) return false;
  const bool is_aggregation = map.value.is_aggregation();
  const bool is_hist = map.value.is(Kind::Hist) || map.value.is(Kind::Lhist);
  if (map.is_scalar) {
    const uint64_t value =
        is_hist ? 8ull * types::hist_bucket_count(map.value) : round_up<uint64_t>(map.value.size);
    const uint64_t least = value + 8;
    return map.kind == (is_aggregation ? MapKind::PerCpuArray : MapKind::Array) &&
           map.key_size == 4 && map.max_entries == 1 && map.value_size >= least;
  }
  const bool is_per_cpu = map.kind == MapKind::PerCpuHash || map.kind == MapKind::PerCpuLruHash;
  const bool is_hash = is_per_cpu || map.kind == MapKind::Hash || map.kind == MapKind::LruHash;
  const uint64_t key = is_hist ? round_up<uint64_t>(map.key.size) + 8 : map.key.size;
  return is_hash && is_per_cpu == is_aggregation && is_sound_value(map.key) && map.key_size > 0 &&
         map.key_size >= key && map.value_size >= map.value.size && map.max_entries > 0;
}

bool is_sound(const Map& map, const Plan& plan) {
  if (map.value_size > kLargestValue || map.key_size > kLargestValue) return false;
  const bool is_table = map.kind == MapKind::Array && map.key_size == 4 && map.value_size > 0;
  switch (map.role) {
    case MapRole::User: return is_sound_user_map(map);
    case MapRole::State: return is_table && map.value_size >= state_size(plan);
    case MapRole::Ring: return map.kind == MapKind::RingBuffer && map.max_entries <= kLargestRing;
    case MapRole::ReadOnly: return is_table && map.value_size >= plan.read_only.size();
    case MapRole::Stacks:
      return map.kind == MapKind::Hash && map.key_size == 8 && map.value_size >= 16 &&
             map.value_size % 8 == 0 && map.max_entries > 0;
    case MapRole::StaticPlaces: return is_table && map.value_size == sizeof(StaticPlace);
    case MapRole::Parameters:
    case MapRole::Dispatch:
    case MapRole::Scratch: return is_table;
  }
  return false;
}

// At most one of the maps that a run has one of; the script's own come first.
bool are_in_order(const std::vector<Map>& maps) {
  const auto count = [&](MapRole role) {
    return std::count_if(maps.begin(), maps.end(),
                         [&](const Map& map) { return map.role == role; });
  };
  const auto is_user = [](const Map& map) { return map.role == MapRole::User; };
  return count(MapRole::State) <= 1 && count(MapRole::Ring) <= 1 && count(MapRole::Stacks) <= 1 &&
         std::is_partitioned(maps.begin(), maps.end(), is_user);
}

bool is_sound(const Relocation& r, const Program& program, const Plan& plan) {
  // A ld_imm64 takes two slots, a load one.
  const bool is_load = r.kind == RelocationKind::TracepointField ||
                       r.kind == RelocationKind::TextLoad || r.kind == RelocationKind::MemberLoad ||
                       r.kind == RelocationKind::RawArgument;
  const uint32_t slots = is_load ? 1 : 2;
  if (!fits(r.instruction, slots, program.instructions.size())) return false;
  switch (r.kind) {
    case RelocationKind::MapFd:
    case RelocationKind::MapValue: return r.id < plan.maps.size();
    case RelocationKind::Parameter: return r.id >= 1;
    case RelocationKind::TracepointField:
    case RelocationKind::TextLoad:
    case RelocationKind::TextMask:
    case RelocationKind::TextOffset:
    case RelocationKind::RawArgument:
    case RelocationKind::ProbeNameId: return r.id < plan.probes.size();
    case RelocationKind::ParameterCount:
    case RelocationKind::PidFilter:
    case RelocationKind::OwnFrames:
    case RelocationKind::StartTime:
    case RelocationKind::CpuCount:
    case RelocationKind::ChildPid:
    case RelocationKind::SyscallArgument:
    case RelocationKind::KernelSymbol:
    case RelocationKind::CgroupId:
    case RelocationKind::KernelField:
    case RelocationKind::MemberOffset:
    case RelocationKind::MemberSize:
    case RelocationKind::MemberShiftLeft:
    case RelocationKind::MemberShiftRight:
    case RelocationKind::MemberLoad:
    case RelocationKind::LayoutSize: return true;
  }
  return false;
}

bool has_sound_functions(const Program& program) {
  const auto& functions = program.functions;
  const bool in_order = std::is_sorted(functions.begin(), functions.end(), std::less_equal());
  return functions.empty() ||
         (in_order && functions.front() > 0 && functions.back() < program.instructions.size());
}

// Does a probe of this kind run as such a program? Kinds that cannot run yet are refused later.
bool runs_as(lang::ProbeKind probe, ProgramKind program) {
  switch (probe) {
    case lang::ProbeKind::Begin:
    case lang::ProbeKind::End: return program == ProgramKind::TestRun;
    case lang::ProbeKind::Interval:
    case lang::ProbeKind::Profile:
    case lang::ProbeKind::Software: return program == ProgramKind::PerfEvent;
    case lang::ProbeKind::Tracepoint:
      return program == ProgramKind::RawTracepoint || program == ProgramKind::Tracepoint;
    case lang::ProbeKind::Fentry:
    case lang::ProbeKind::Fexit: return program == ProgramKind::BtfEvent;
    case lang::ProbeKind::RawTracepoint:
      return program == ProgramKind::RawEvent || program == ProgramKind::BtfEvent;
    case lang::ProbeKind::Uprobe:
    case lang::ProbeKind::Uretprobe:
    case lang::ProbeKind::Usdt: return program == ProgramKind::Registers;
    case lang::ProbeKind::Kprobe:
    case lang::ProbeKind::Kretprobe: return program == ProgramKind::KernelRegisters;
    default: return true;
  }
}

bool is_sound(const Probe& probe, const Plan& plan) {
  return probe.program < plan.programs.size() && !probe.attach_points.empty() &&
         std::all_of(probe.attach_points.begin(), probe.attach_points.end(),
                     [&](const lang::AttachPoint& point) {
                       return runs_as(point.kind, plan.programs[probe.program].kind);
                     });
}

bool is_sound(const SyscallDispatch& dispatch, const Plan& plan) {
  if (dispatch.program >= plan.programs.size() || dispatch.map >= plan.maps.size()) return false;
  if (plan.programs[dispatch.program].kind != ProgramKind::RawTracepoint) return false;
  const Map& map = plan.maps[dispatch.map];
  if (map.role != MapRole::Dispatch || uint64_t{dispatch.row_size} * kSyscallRows > map.value_size)
    return false;
  return std::all_of(
      dispatch.probes.begin(), dispatch.probes.end(), [&](const SyscallProbe& probe) {
        const auto in_row = [&](uint32_t offset) { return fits(offset, 4, dispatch.row_size); };
        return probe.probe < plan.probes.size() && in_row(probe.row_offset) &&
               std::all_of(
                   probe.arguments.begin(), probe.arguments.end(),
                   [&](const SyscallArgument& argument) { return in_row(argument.row_offset); });
      });
}

bool is_sound(const lang::EventFormat& format, const Plan& plan) {
  const bool has_map = format.map < plan.maps.size() && plan.maps[format.map].role == MapRole::User;
  const size_t count = format.arguments.size();
  if (!std::all_of(format.arguments.begin(), format.arguments.end(), is_sound_value)) return false;
  switch (format.kind) {
    case lang::EventKind::Printf:
    case lang::EventKind::Errorf:
    case lang::EventKind::Warnf:
    case lang::EventKind::Cat:
    case lang::EventKind::System:
    case lang::EventKind::Join: return true;
    case lang::EventKind::Time: return count == 0;
    case lang::EventKind::PrintValue: return count == 1;
    case lang::EventKind::PrintMap: return has_map && count <= 2;
    case lang::EventKind::ClearMap:
    case lang::EventKind::ZeroMap: return has_map;
    case lang::EventKind::Exit: return count <= 1;
  }
  return false;
}

bool is_sound(const LossCounter& counter, const Plan& plan) {
  const bool needs_map = counter.kind == LossKind::FullMap || counter.kind == LossKind::Update;
  return counter.probe < plan.probes.size() && (!needs_map || counter.map < plan.maps.size());
}

// Every setting is of a key that this program knows, and a value that it takes.
bool is_sound(const lang::ConfigSetting& setting) {
  return static_cast<size_t>(setting.key) < lang::kConfigKeyCount &&
         lang::Config().set(setting.key, setting.text).ok();
}

}  // namespace

bool is_consistent(const Plan& plan) {
  const auto all = [](const auto& list, auto&& claim) {
    return std::all_of(list.begin(), list.end(), claim);
  };
  return are_in_order(plan.maps) &&
         all(plan.config, [](const lang::ConfigSetting& s) { return is_sound(s); }) &&
         all(plan.maps, [&](const Map& map) { return is_sound(map, plan); }) &&
         all(plan.programs,
             [&](const Program& program) {
               return !program.instructions.empty() && has_sound_functions(program) &&
                      all(program.relocations,
                          [&](const Relocation& r) { return is_sound(r, program, plan); });
             }) &&
         all(plan.probes, [&](const Probe& probe) { return is_sound(probe, plan); }) &&
         all(plan.dispatches, [&](const SyscallDispatch& d) { return is_sound(d, plan); }) &&
         all(plan.formats,
             [&](const lang::EventFormat& format) { return is_sound(format, plan); }) &&
         all(plan.counters, [&](const LossCounter& counter) { return is_sound(counter, plan); });
}

}  // namespace scry::plan
