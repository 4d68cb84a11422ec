// What each kind of attach point makes of its parts.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "kernel/btf.h"
#include "kernel/btf_text.h"
#include "lang/software_events.h"
#include "sema/attach_resolver.h"

namespace scry::sema {

using diag::Id;
using lang::AttachPoint;
using lang::ProbeKind;

// --- interval -------------------------------------------------------------------------------------

namespace {

// "100", "1_000", "1e6".
std::optional<uint64_t> number_of(std::string_view text) {
  if (text.empty() || !std::isdigit(static_cast<unsigned char>(text[0]))) return {};
  const size_t e = text.find('e');
  if (e != text.npos && !text.starts_with("0x")) {
    const auto mantissa = number_of(text.substr(0, e)), exponent = number_of(text.substr(e + 1));
    if (!mantissa || !exponent || *exponent > 18) return {};
    uint64_t value = *mantissa;
    for (uint64_t i = 0; i < *exponent; ++i)
      if (__builtin_mul_overflow(value, 10, &value)) return {};
    return value;
  }
  const auto value = parse_integer(text);
  if (!value || *value < 0) return {};
  return static_cast<uint64_t>(*value);
}

struct TimeUnit {
  std::string_view name;
  uint64_t ns;  // of one; hz: not used
};
constexpr TimeUnit kUnits[] = {
    {"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1}, {"hz", 0}};
// Longer ones, which only a duration may have.
constexpr TimeUnit kSeconds[] = {{"m", 60}, {"h", 3600}, {"d", 86400}};

const TimeUnit* find_unit(std::string_view name) {
  for (const TimeUnit& unit : kUnits)
    if (unit.name == name) return &unit;
  return nullptr;
}

}  // namespace

// `100ms`, `1m`, or nanoseconds: the unit into `target`, the number into `name`.
bool Resolver::split_duration(const Part& part) {
  size_t digits = part.text.find_last_of("0123456789");
  digits = digits == std::string::npos ? 0 : digits + 1;
  const std::string suffix = part.text.substr(digits);
  const auto number = number_of(part.text.substr(0, digits));
  if (!number) {
    report<Id::IntervalNotNumber>(part.span, lang::row(point.kind).name, part.text)
        .hint("write it as `interval:s:1`, or `interval:100ms`");
    return false;
  }
  point.target = suffix.empty() ? "ns" : suffix;
  point.name = std::to_string(*number);
  for (const TimeUnit& unit : kSeconds) {
    uint64_t seconds = 0;
    if (suffix != unit.name || __builtin_mul_overflow(*number, unit.ns, &seconds)) continue;
    point.target = "s";
    point.name = std::to_string(seconds);
  }
  return true;
}

bool Resolver::interval() {
  const Part& last = parts.back();
  if (parts.size() == 1) {
    if (last.is_open()) {
      point.target = "ns", point.name = last.text;
      return true;
    }
    if (!split_duration(last)) return false;
  } else {
    point.target = parts[0].text;
    point.name = last.text;
  }
  if (parts[0].is_open()) return true;
  const TimeUnit* unit = find_unit(point.target);
  if (!unit) {
    report<Id::UnknownUnit>(parts[0].span, point.target).hint("the units are: s, ms, us, ns, hz");
    return false;
  }
  if (last.is_open()) return true;
  const auto number = number_of(point.name);
  const bool is_number =
      number ||
      (!point.name.empty() && point.name.find_first_not_of("0123456789") == std::string::npos);
  if (!is_number || (number && *number == 0)) {
    report<Id::IntervalNotPositive>(last.span, lang::row(point.kind).name);
    return false;
  }
  uint64_t ns = 0;
  if (!number || *number > INT64_MAX || __builtin_mul_overflow(*number, unit->ns, &ns) ||
      ns > INT64_MAX) {
    report<Id::IntervalTooLong>(last.span, lang::row(point.kind).name);
    return false;
  }
  constexpr uint64_t kLeastNs = 1000;
  if (unit->ns != 0 && ns < kLeastNs) {
    report<Id::IntervalTooShort>(last.span, lang::row(point.kind).name, ns);
    return false;
  }
  point.name = std::to_string(*number);
  return true;
}

// --- functions ------------------------------------------------------------------------

// `function`, `function+offset`, or an address, which is shown in hexadecimal.
bool Resolver::split_function(const Part& last) {
  point.name = last.text;
  const auto address = number_of(last.text);
  if (address) {
    point.name = fmt::format("{:#x}", *address);
  } else if (const size_t plus = last.text.rfind('+');
             plus != std::string::npos && plus > 0 && !last.is_open()) {
    const auto offset = number_of(last.text.substr(plus + 1));
    const bool is_return = point.kind == ProbeKind::Uretprobe || point.kind == ProbeKind::Kretprobe;
    if (offset && is_return) {
      report<Id::OffsetNotAllowed>(last.span).hint(
          "a function returns as a whole: leave the offset out");
      return false;
    }
    if (offset)
      point.name = last.text.substr(0, plus), point.offset = *offset;
    else if (point.language.empty()) {
      report<Id::OffsetNotNumber>(last.span, last.text.substr(plus + 1));
      return false;
    }
  }
  if (!point.name.empty()) return true;
  report<Id::EmptyPart>(last.span, "function")
      .hint(fmt::format("write it as `{}`", lang::row(point.kind).shape));
  return false;
}

bool Resolver::uprobe() {
  point.target = parts[0].text;
  const Part& last = parts.back();
  if (parts.size() == 3) {
    point.language = to_lower(parts[1].text);
    if (point.language != "cpp") {
      report<Id::UnknownLanguage>(parts[1].span, parts[1].text);
      return false;
    }
  }
  const bool is_line = !last.text.empty() &&
                       last.text.find_first_not_of("0123456789") == std::string::npos &&
                       point.target.find('@') != std::string::npos;
  if (is_line) {
    report<Id::NotSupportedYet>(source.span, "a probe on a source line");
    return false;
  }
  return split_function(last);
}

bool Resolver::static_probe() {
  point.target = parts[0].text;
  const std::string provider = parts.size() == 3 ? parts[1].text : "";
  if (parts.back().text.empty()) {
    report<Id::EmptyPart>(parts.back().span, "name")
        .hint(fmt::format("write it as `{}`", lang::row(point.kind).shape));
    return false;
  }
  point.name = (provider.empty() ? "*" : provider) + ":" + parts.back().text;
  return true;
}

bool Resolver::kernel_function() {
  if (parts.size() == 2) point.target = parts[0].text;
  return split_function(parts.back());
}

// --- software events --------------------------------------------------------------------------------

bool Resolver::software() {
  point.target = parts[0].text;
  const lang::SoftwareEvent* event = lang::find_software_event(point.target);
  if (!event && !parts[0].is_open()) {
    std::vector<std::string> names;
    for (const lang::SoftwareEvent& known : lang::software_events()) names.emplace_back(known.name);
    auto& d = report<Id::UnknownSoftwareEvent>(parts[0].span, point.target);
    if (const auto near = nearest(point.target, names))
      d.hint(fmt::format("did you mean `{}`?", *near));
    return false;
  }
  if (parts.size() == 1) {
    point.name = event ? std::to_string(event->default_count) : "";
    return true;
  }
  point.name = parts[1].text;
  if (parts[1].is_open()) return true;
  const auto count = number_of(point.name);
  if (!count || *count == 0 || *count > INT64_MAX) {
    report<Id::IntervalNotPositive>(parts[1].span, lang::row(point.kind).name);
    return false;
  }
  point.name = std::to_string(*count);
  return true;
}

// --- tracepoints ----------------------------------------------------------------------------------

// A tracepoint of another category: the runtime attaches to each match on its own.
bool Resolver::kernel_tracepoint(std::vector<AttachPoint>& out) {
  out.push_back(point);
  if (parts[1].is_open()) return true;
  const auto found = facts.tracepoints(point.target, point.name);
  // Without a list of tracepoints the kernel says at the attaching whether there is one.
  if (!found || !found.value().empty()) return true;
  out.pop_back();
  auto* d = no_matches(point.target + ":" + point.name);
  if (!d) return false;
  std::vector<std::string> categories{"syscalls"}, events;
  if (const auto all = facts.tracepoints("*", "*"); all)
    for (const auto& name : all.value()) {
      if (name.category != categories.back()) categories.push_back(name.category);
      if (name.category == point.target) events.push_back(name.event);
    }
  const auto near =
      nearest(events.empty() ? point.target : point.name, events.empty() ? categories : events);
  if (near)
    d->hint(events.empty() ? fmt::format("did you mean `tracepoint:{}:{}`?", *near, point.name)
                           : fmt::format("did you mean `tracepoint:{}:{}`?", point.target, *near));
  return false;
}

bool Resolver::tracepoint(std::vector<AttachPoint>& out) {
  point.target = parts[0].text, point.name = parts[1].text;
  if (parts[0].is_open()) {
    report<Id::NotSupportedYet>(parts[0].span,
                                "a positional parameter as the category of a tracepoint");
    return false;
  }
  if (point.target != "syscalls") return kernel_tracepoint(out);
  std::vector<std::string> names;
  for (const std::string_view prefix : {"sys_enter_", "sys_exit_"}) {
    for (const std::string& rest : split_pattern(point.name, prefix)) {
      AttachPoint one = point;
      one.name = std::string(prefix) + rest;
      one.text = "tracepoint:syscalls:" + one.name;
      const auto& calls = facts.syscalls();
      const bool is_found =
          one.name.find('$') != std::string::npos ||
          std::any_of(calls.begin(), calls.end(), [&](const kernel::SyscallNumber& call) {
            return matches_wildcard(rest, call.name);
          });
      if (is_found)
        out.push_back(std::move(one));
      else
        for (const auto& call : calls) names.push_back(std::string(prefix) + call.name);
    }
  }
  if (!out.empty()) return true;
  auto* d = no_matches("syscalls:" + point.name);
  if (!d) return false;
  if (const auto near = nearest(point.name, names))
    d->hint(fmt::format("did you mean `{}`?", *near));
  return false;
}

bool Resolver::raw_tracepoint() {
  if (parts.size() == 2) point.target = parts[0].text;
  point.name = parts.back().text;
  const bool is_open = parts.front().is_open() || parts.back().is_open();
  const auto& events = facts.raw_tracepoints();
  // Without a list the kernel says at the attaching whether there is one.
  if (is_open || events.empty()) return true;
  const bool is_kernel = parts.size() == 1 || matches_wildcard(point.target, lang::kKernelModule);
  const auto is_match = [&](const auto& event) {
    return matches_wildcard(point.name, event.first);
  };
  if (is_kernel && std::any_of(events.begin(), events.end(), is_match)) return true;
  const std::string written = point.text.substr(point.text.find(':') + 1);
  auto* const d = no_matches(written);
  std::vector<std::string> names;
  for (const auto& [name, prototype] : events) names.push_back(name);
  if (const auto near = nearest(point.name, names); d && near)
    d->hint(fmt::format("did you mean `rawtracepoint:{}`?", *near));
  return false;
}

// fentry and fexit: a function whose type BTF tells.
bool Resolver::typed_function() {
  if (parts.front().text == "bpf" && parts.size() > 1) {
    report<Id::NotSupportedYet>(source.span, "a probe on a BPF program");
    return false;
  }
  if (parts.size() == 2) point.target = parts[0].text;
  point.name = parts.back().text;
  if (point.name.empty()) {
    report<Id::EmptyPart>(parts.back().span, "function")
        .hint(fmt::format("write it as `{}`", lang::row(point.kind).shape));
    return false;
  }
  if (parts.front().is_open() || parts.back().is_open()) return true;
  const auto btf = facts.btf();
  if (!btf) return true;
  if (!has_wildcard(point.name) && btf.value()->find(kernel::Btf::Function, point.name) != 0)
    return true;
  std::vector<std::string> names;
  for (kernel::NamedType& function : kernel::functions(*btf.value()))
    names.push_back(std::move(function.name));
  const auto is_match = [&](const std::string& name) { return matches_wildcard(point.name, name); };
  if (std::any_of(names.begin(), names.end(), is_match)) return true;
  auto* const d = no_matches(point.text.substr(point.text.find(':') + 1));
  if (const auto near = nearest(point.name, names); d && near)
    d->hint(fmt::format("did you mean `{}:{}`?", lang::row(point.kind).name, *near));
  return false;
}

}  // namespace scry::sema
