#include "plan/consistency.h"

#include <algorithm>

namespace scry::plan {

namespace {

using types::Kind;

constexpr uint32_t kLargestValue = 64u << 20;  // bytes of one value, record or constant

// Does `size` bytes at `offset` end within `whole`?
bool fits(uint64_t offset, uint64_t size, uint64_t whole) { return offset <= whole && size <= whole - offset; }

// Parts lie inside the whole, pointers and arrays say of what, integers have a size that a register has.
bool is_sound(const Type& type) {
  if (type.size > kLargestValue) return false;
  switch (type.kind) {
    case Kind::Bool: return type.size == 1;
    case Kind::Int:
    case Kind::Enum: return type.size == 1 || type.size == 2 || type.size == 4 || type.size == 8;
    case Kind::ProbeName: return type.size == 8;
    case Kind::Pointer: return type.size == 8 && type.element;
    case Kind::Array:
      return type.element && is_sound(*type.element) &&
             uint64_t{type.element->size} * type.count <= type.size;
    case Kind::Hist: return type.count <= 5;
    case Kind::Lhist: return type.step > 0 && type.max > type.min && (type.max - type.min) / type.step <= 1000;
    default: break;
  }
  return std::all_of(type.fields.begin(), type.fields.end(), [&](const types::Field& field) {
    return field.type && is_sound(*field.type) && fits(field.offset, field.type->size, type.size);
  });
}

bool is_sound(const Map& map) {
  if (map.value_size > kLargestValue || map.key_size > kLargestValue) return false;
  if (map.role != MapRole::User) return true;
  if (!is_sound(map.key) || !is_sound(map.value)) return false;
  const bool is_hist = map.value.is(Kind::Hist) || map.value.is(Kind::Lhist);
  const uint64_t hist_size = is_hist ? 8ull * types::hist_bucket_count(map.value) : 0;
  const uint64_t aligned = (uint64_t{map.value.size} + 7) / 8 * 8;
  if (map.is_scalar)
    return map.value_size >= (is_hist ? hist_size : map.value.is_aggregation() ? map.value.size : aligned + 8);
  const uint64_t key = is_hist ? (uint64_t{map.key.size} + 7) / 8 * 8 + 8 : map.key.size;
  return map.key_size >= key && map.value_size >= map.value.size && map.max_entries > 0;
}

bool is_sound(const Relocation& r, const Program& program, const Plan& plan) {
  // A ld_imm64 takes two slots.
  if (!fits(r.instruction, 2, program.instructions.size())) return false;
  switch (r.kind) {
    case RelocationKind::MapFd:
    case RelocationKind::MapValue: return r.id < plan.maps.size();
    case RelocationKind::Parameter: return r.id >= 1;
    case RelocationKind::ProbeNameId: return r.id < plan.probes.size();
    case RelocationKind::ParameterCount:
    case RelocationKind::PidFilter:
    case RelocationKind::SyscallArgument:
    case RelocationKind::KernelField: return true;
  }
  return false;
}

bool is_sound(const SyscallDispatch& dispatch, const Plan& plan) {
  if (dispatch.program >= plan.programs.size() || dispatch.map >= plan.maps.size()) return false;
  const Map& map = plan.maps[dispatch.map];
  if (map.role != MapRole::Dispatch || uint64_t{dispatch.row_size} * kSyscallRows > map.value_size) return false;
  return std::all_of(dispatch.probes.begin(), dispatch.probes.end(), [&](const SyscallProbe& probe) {
    const auto in_row = [&](uint32_t offset) { return fits(offset, 4, dispatch.row_size); };
    return probe.probe < plan.probes.size() && in_row(probe.row_offset) &&
           std::all_of(probe.arguments.begin(), probe.arguments.end(),
                       [&](const SyscallArgument& argument) { return in_row(argument.row_offset); });
  });
}

bool is_sound(const lang::EventFormat& format, const Plan& plan) {
  const bool names_map = format.kind == lang::EventKind::PrintMap ||
                         format.kind == lang::EventKind::PrintElement ||
                         format.kind == lang::EventKind::ClearMap;
  if (names_map && (format.map >= plan.maps.size() || plan.maps[format.map].role != MapRole::User)) return false;
  return std::all_of(format.arguments.begin(), format.arguments.end(),
                     [](const Type& type) { return is_sound(type); });
}

}  // namespace

bool is_consistent(const Plan& plan) {
  const auto all = [](const auto& list, auto&& claim) { return std::all_of(list.begin(), list.end(), claim); };
  return all(plan.maps, [](const Map& map) { return is_sound(map); }) &&
         all(plan.programs,
             [&](const Program& program) {
               return all(program.relocations,
                          [&](const Relocation& r) { return is_sound(r, program, plan); });
             }) &&
         all(plan.probes,
             [&](const Probe& probe) {
               return probe.program < plan.programs.size() && !probe.attach_points.empty();
             }) &&
         all(plan.dispatches, [&](const SyscallDispatch& d) { return is_sound(d, plan); }) &&
         all(plan.formats, [&](const lang::EventFormat& format) { return is_sound(format, plan); });
}

}  // namespace scry::plan
