#include "runtime/load/members.h"

#include <fmt/format.h>

#include <cerrno>

#include "kernel/btf.h"
#include "kernel/btf_text.h"

namespace scry::runtime {

namespace {

using kernel::Btf;
using plan::RelocationKind;

// The bytes that hold a scalar member, and where among their bits it stands.
struct Window {
  uint64_t offset = 0, bytes = 0;
  uint64_t first_bit = 0, bits = 0;
};

Window window_of(Btf& btf, const Btf::Place& place) {
  Window window;
  window.offset = place.bit_offset / 8;
  window.bits = place.bit_size != 0 ? place.bit_size : btf.size_of(place.type) * 8;
  window.first_bit = place.bit_offset % 8;
  window.bytes = (window.first_bit + window.bits + 7) / 8;
  return window;
}

Error other_shape(const plan::Relocation& r, std::string_view how) {
  return Error{fmt::format("`{}` of `struct {}` {} on this kernel", r.path, r.type, how), 0,
               "build the plan there"};
}

bool is_scalar(Btf& btf, uint32_t type) {
  switch (btf.kind(btf.strip(type))) {
    case Btf::Int:
    case Btf::Enum:
    case Btf::Enum64:
    case Btf::Ptr: return true;
    default: return false;
  }
}

Result<RelocationValue> load_value(const plan::Relocation& r, const Window& window) {
  const auto bytes = static_cast<uint32_t>(window.bytes);
  // A narrower one is read as it is, but its sign would be lost.
  const uint32_t planned = r.id & ~plan::kSignedLoad;
  if (bytes < planned && (r.id & plan::kSignedLoad)) return other_shape(r, "is narrower");
  return RelocationValue{RelocationValue::Kind::LoadOffset, window.offset, bytes};
}

}  // namespace

Result<RelocationValue> member_value(kernel::KernelFacts& facts, const plan::Relocation& r) {
  const auto number = [](uint64_t value) {
    return RelocationValue{RelocationValue::Kind::Number, value};
  };
  SCRY_TRY_ASSIGN(Btf * btf, facts.btf());
  SCRY_TRY_ASSIGN(const Btf::Place place, btf->place(r.type, r.path));
  if (r.kind == RelocationKind::LayoutSize) return number(btf->size_of(place.type));
  if (r.kind == RelocationKind::MemberOffset) return number(place.bit_offset / 8);
  const Window window = window_of(*btf, place);
  if (!is_scalar(*btf, place.type) || window.bytes < 1 || window.bytes > 8)
    return other_shape(r, "is no number");
  const bool may_be_bits = r.kind != RelocationKind::MemberLoad && r.id != 0;
  if (place.bit_size != 0 && !may_be_bits) return other_shape(r, "is a bit field");
  switch (r.kind) {
    case RelocationKind::MemberSize: return number(window.bytes);
    case RelocationKind::MemberShiftLeft: return number(64 - window.first_bit - window.bits);
    case RelocationKind::MemberShiftRight: return number(64 - window.bits);
    default: return load_value(r, window);
  }
}

Result<RelocationValue> tracepoint_value(kernel::KernelFacts& facts, const std::string& category,
                                         const std::string& event, const plan::Relocation& r) {
  SCRY_TRY_ASSIGN(const kernel::TracepointFormat format, facts.tracepoint(category, event));
  const kernel::TracepointField* field = format.find(r.path);
  if (!field)
    return Error{
        fmt::format("tracepoint:{}:{} has no field `{}` on this kernel", category, event, r.path),
        ENOENT,
        {}};
  const bool is_number = r.kind == RelocationKind::TracepointField;
  if (is_number == field->is_string)
    return Error{fmt::format("`{}` of tracepoint:{}:{} is {} on this kernel", r.path, category,
                             event, is_number ? "text" : "no text"),
                 0, "build the plan there"};
  // What the verifier lets anyone read, where the record says nothing.
  constexpr uint64_t kAnywhere = 8;
  const auto load = [](uint64_t offset, uint32_t bytes) {
    return RelocationValue{RelocationValue::Kind::LoadOffset, offset, bytes};
  };
  const auto number = [](uint64_t value) {
    return RelocationValue{RelocationValue::Kind::Number, value};
  };
  switch (r.kind) {
    case RelocationKind::TextLoad: return load(field->is_data_loc ? field->offset : kAnywhere, 4);
    case RelocationKind::TextMask: return number(field->is_data_loc ? 0xffff : 0);
    case RelocationKind::TextOffset: return number(field->is_data_loc ? 0 : field->offset);
    default: return load(field->offset, field->size);
  }
}

Result<RelocationValue> raw_argument_value(kernel::KernelFacts& facts, const Match& match,
                                           const plan::Relocation& r) {
  SCRY_TRY_ASSIGN(Btf * btf, facts.btf());
  std::vector<Btf::Part> arguments;
  if (match.kind == lang::ProbeKind::RawTracepoint) {
    const auto& events = facts.raw_tracepoints();
    const auto found = events.find(match.event);
    arguments = kernel::raw_arguments(*btf, found == events.end() ? 0 : found->second);
  } else {
    arguments = btf->parts(btf->type(btf->find(Btf::Function, match.event)));
    // The result stands behind the arguments.
    if (r.path == lang::kResult)
      return RelocationValue{RelocationValue::Kind::LoadOffset, arguments.size() * 8};
  }
  for (size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i].name == r.path)
      return RelocationValue{RelocationValue::Kind::LoadOffset, i * 8};
  return Error{fmt::format("{}:{} has no argument `{}` on this kernel", lang::row(match.kind).name,
                           match.event, r.path),
               ENOENT,
               {}};
}

Result<ProgramShape> typed_shape(kernel::KernelFacts& facts, const Match& match) {
  SCRY_TRY_ASSIGN(Btf * btf, facts.btf());
  if (match.kind == lang::ProbeKind::RawTracepoint) {
    if (const uint32_t id = btf->find(Btf::Typedef, "btf_trace_" + match.event))
      return ProgramShape{BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, id};
    return Error{"this kernel has no raw tracepoint `" + match.event + "`", ENOENT, {}};
  }
  const bool is_exit = match.kind == lang::ProbeKind::Fexit;
  if (const uint32_t id = btf->find(Btf::Function, match.event))
    return ProgramShape{BPF_PROG_TYPE_TRACING, is_exit ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY, id};
  return Error{"this kernel has no function `" + match.event + "`", ENOENT, {}};
}

}  // namespace scry::runtime
