// The members of every struct of a plan, each listed once. Writer, reader and dump walk these lists, so
// a new member is one line here.
#pragma once

#include <tuple>

#include "plan/plan.h"

namespace scry::plan {

template <typename Struct, typename T>
struct Member {
  const char* name;
  T Struct::*pointer;
};
template <typename Struct, typename T>
Member(const char*, T Struct::*) -> Member<Struct, T>;

template <typename T>
struct Tag {};

// fields(Tag<T>{}) is a tuple of Members; a type without one is a number, enum, string, vector or pointer.
#define SCRY_FIELD(Struct, member) \
  Member { #member, &Struct::member }

inline constexpr auto fields(Tag<Span>) {
  return std::tuple(SCRY_FIELD(Span, begin), SCRY_FIELD(Span, end), SCRY_FIELD(Span, file));
}
inline constexpr auto fields(Tag<types::Field>) {
  using types::Field;
  return std::tuple(SCRY_FIELD(Field, name), SCRY_FIELD(Field, type), SCRY_FIELD(Field, offset));
}
inline constexpr auto fields(Tag<Type>) {
  return std::tuple(SCRY_FIELD(Type, kind), SCRY_FIELD(Type, is_signed),
                    SCRY_FIELD(Type, address_space), SCRY_FIELD(Type, size),
                    SCRY_FIELD(Type, count), SCRY_FIELD(Type, name), SCRY_FIELD(Type, element),
                    SCRY_FIELD(Type, fields), SCRY_FIELD(Type, min), SCRY_FIELD(Type, max),
                    SCRY_FIELD(Type, step));
}
inline constexpr auto fields(Tag<types::Enumerator>) {
  using types::Enumerator;
  return std::tuple(SCRY_FIELD(Enumerator, name), SCRY_FIELD(Enumerator, value));
}
inline constexpr auto fields(Tag<types::Enumeration>) {
  using types::Enumeration;
  return std::tuple(SCRY_FIELD(Enumeration, name), SCRY_FIELD(Enumeration, constants));
}
inline constexpr auto fields(Tag<lang::AttachPoint>) {
  using lang::AttachPoint;
  return std::tuple(SCRY_FIELD(AttachPoint, kind), SCRY_FIELD(AttachPoint, text),
                    SCRY_FIELD(AttachPoint, target), SCRY_FIELD(AttachPoint, name),
                    SCRY_FIELD(AttachPoint, language), SCRY_FIELD(AttachPoint, offset),
                    SCRY_FIELD(AttachPoint, span));
}
inline constexpr auto fields(Tag<lang::EventFormat>) {
  using lang::EventFormat;
  return std::tuple(SCRY_FIELD(EventFormat, kind), SCRY_FIELD(EventFormat, text),
                    SCRY_FIELD(EventFormat, arguments), SCRY_FIELD(EventFormat, map),
                    SCRY_FIELD(EventFormat, span));
}
inline constexpr auto fields(Tag<lang::ConfigSetting>) {
  using lang::ConfigSetting;
  return std::tuple(SCRY_FIELD(ConfigSetting, key), SCRY_FIELD(ConfigSetting, text));
}
inline constexpr auto fields(Tag<Map>) {
  return std::tuple(SCRY_FIELD(Map, name), SCRY_FIELD(Map, kind), SCRY_FIELD(Map, role),
                    SCRY_FIELD(Map, key_size), SCRY_FIELD(Map, value_size),
                    SCRY_FIELD(Map, max_entries), SCRY_FIELD(Map, key), SCRY_FIELD(Map, value),
                    SCRY_FIELD(Map, is_scalar), SCRY_FIELD(Map, span));
}
inline constexpr auto fields(Tag<Relocation>) {
  return std::tuple(SCRY_FIELD(Relocation, kind), SCRY_FIELD(Relocation, instruction),
                    SCRY_FIELD(Relocation, id), SCRY_FIELD(Relocation, type),
                    SCRY_FIELD(Relocation, path));
}
inline constexpr auto fields(Tag<SourceLine>) {
  return std::tuple(SCRY_FIELD(SourceLine, instruction), SCRY_FIELD(SourceLine, span));
}
inline constexpr auto fields(Tag<Program>) {
  return std::tuple(SCRY_FIELD(Program, name), SCRY_FIELD(Program, kind),
                    SCRY_FIELD(Program, instructions), SCRY_FIELD(Program, relocations),
                    SCRY_FIELD(Program, lines), SCRY_FIELD(Program, functions));
}
inline constexpr auto fields(Tag<Probe>) {
  return std::tuple(SCRY_FIELD(Probe, attach_points), SCRY_FIELD(Probe, program),
                    SCRY_FIELD(Probe, argument_count));
}
inline constexpr auto fields(Tag<SyscallArgument>) {
  return std::tuple(SCRY_FIELD(SyscallArgument, field), SCRY_FIELD(SyscallArgument, row_offset));
}
inline constexpr auto fields(Tag<SyscallProbe>) {
  return std::tuple(SCRY_FIELD(SyscallProbe, probe), SCRY_FIELD(SyscallProbe, row_offset),
                    SCRY_FIELD(SyscallProbe, arguments));
}
inline constexpr auto fields(Tag<SyscallDispatch>) {
  return std::tuple(SCRY_FIELD(SyscallDispatch, is_enter), SCRY_FIELD(SyscallDispatch, program),
                    SCRY_FIELD(SyscallDispatch, map), SCRY_FIELD(SyscallDispatch, row_size),
                    SCRY_FIELD(SyscallDispatch, probes));
}
inline constexpr auto fields(Tag<LossCounter>) {
  return std::tuple(SCRY_FIELD(LossCounter, kind), SCRY_FIELD(LossCounter, probe),
                    SCRY_FIELD(LossCounter, map), SCRY_FIELD(LossCounter, span));
}
inline constexpr auto fields(Tag<Plan>) {
  return std::tuple(SCRY_FIELD(Plan, built_by), SCRY_FIELD(Plan, source_name),
                    SCRY_FIELD(Plan, source), SCRY_FIELD(Plan, maps), SCRY_FIELD(Plan, read_only),
                    SCRY_FIELD(Plan, programs), SCRY_FIELD(Plan, probes),
                    SCRY_FIELD(Plan, dispatches), SCRY_FIELD(Plan, formats),
                    SCRY_FIELD(Plan, counters), SCRY_FIELD(Plan, enums),
                    SCRY_FIELD(Plan, parameter_count), SCRY_FIELD(Plan, config));
}
#undef SCRY_FIELD

template <typename T>
concept HasFields = requires {
  fields(Tag<T>{});
};

// Calls visit(name, member) for each member of `object`, in order.
template <typename T, typename Visit>
void for_each_field(T& object, Visit&& visit) {
  std::apply([&](const auto&... member) { (visit(member.name, object.*(member.pointer)), ...); },
             fields(Tag<std::remove_const_t<T>>{}));
}

}  // namespace scry::plan
