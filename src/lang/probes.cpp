#include "lang/probes.h"

#include "base/strings.h"

namespace scry::lang {

namespace {

constexpr ProbeRow kRows[] = {
#define PROBE(id, name, aliases, least, most, state, shape, summary) \
  {ProbeKind::id, name, aliases, least, most, State::state, shape, summary},
#include "lang/probes.def"
};

bool is_alias(const ProbeRow& r, std::string_view spelling) {
  for (const std::string& alias : split(r.aliases, ' ')) {
    if (alias.empty()) continue;
    // `u` and `U` are two kinds: one letter is matched with case.
    if (alias.size() == 1 ? spelling == alias : to_lower(spelling) == alias) return true;
  }
  return false;
}

}  // namespace

const ProbeRow& row(ProbeKind kind) { return kRows[static_cast<size_t>(kind)]; }

const char* type_name(ProbeKind kind) {
  return kind == ProbeKind::Begin || kind == ProbeKind::End ? "special" : row(kind).name;
}

std::optional<ProbeKind> find_probe_kind(std::string_view spelling) {
  for (const ProbeRow& r : kRows)
    if (to_lower(spelling) == r.name || is_alias(r, spelling)) return r.kind;
  return {};
}

std::vector<std::string> probe_names() {
  std::vector<std::string> names;
  for (const ProbeRow& r : kRows) names.emplace_back(r.name);
  return names;
}

bool AttachPoint::is_syscall() const {
  return kind == ProbeKind::Tracepoint && target == "syscalls";
}

bool AttachPoint::is_syscall_enter() const { return is_syscall() && name.starts_with("sys_enter"); }

}  // namespace scry::lang
