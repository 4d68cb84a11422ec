#include "driver/info.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include "base/fd.h"

namespace scry::driver {

namespace {

// "integrity" from "none [integrity] confidentiality".
std::string lockdown() {
  const auto text = read_file("/sys/kernel/security/lockdown");
  if (!text) return "unknown";
  const size_t begin = text.value().find('['), end = text.value().find(']');
  if (begin == std::string::npos || end == std::string::npos || end < begin) return "unknown";
  return text.value().substr(begin + 1, end - begin - 1);
}

const char* word(kernel::Support support) {
  switch (support) {
    case kernel::Support::No: return "no";
    case kernel::Support::Yes: return "yes";
    case kernel::Support::Unknown: return "unknown";
  }
  return "";
}

const char* title(kernel::FeatureSection section) {
  switch (section) {
    case kernel::FeatureSection::Helpers: return "Kernel helpers";
    case kernel::FeatureSection::Kernel: return "Kernel features";
    case kernel::FeatureSection::Probes: return "Probe types";
  }
  return "";
}

}  // namespace

std::string info_page(kernel::Features& features) {
  utsname system = {};
  ::uname(&system);
  std::string page = fmt::format(
      "System\n  OS: {} {} {}\n  Arch: {}\n  Lockdown: {}\n\n"
      "Build\n  version: v{}\n  LLVM: {}\n  libdw (DWARF support): no\n",
      system.sysname, system.release, system.version, system.machine, lockdown(), SCRY_VERSION,
      SCRY_LLVM_VERSION);
  const char* last = "";
  bool is_any_unknown = false;
  for (const kernel::FeatureRow& row : kernel::feature_rows()) {
    const bool is_first = last != title(row.section);
    if (is_first) page += fmt::format("\n{}\n", last = title(row.section));
    const kernel::Support support = features.has(row.id);
    is_any_unknown = is_any_unknown || support == kernel::Support::Unknown;
    if (row.id == kernel::Feature::LargePrograms && support != kernel::Support::Unknown)
      page += fmt::format("  Instruction limit: {}\n",
                          support == kernel::Support::Yes ? 1000000 : 4096);
    else
      page += fmt::format("  {}: {}\n", row.name, word(support));
  }
  if (is_any_unknown) page += "\nunknown: only root, or CAP_BPF and CAP_PERFMON, can tell\n";
  return page;
}

}  // namespace scry::driver
