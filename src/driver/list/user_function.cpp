// uprobe:BINARY:FUNCTION, uretprobe and usdt, from one binary, or from all files that a pattern names.
#include <set>

#include "base/strings.h"
#include "driver/list/family.h"
#include "target/binary.h"
#include "target/elf.h"

namespace scry::driver {

namespace {

template <typename Visit>
Result<void> for_each_binary(const std::string& name, const Search& search, Visit&& visit) {
  SCRY_TRY_ASSIGN(const auto paths, target::resolve_binaries(name, search.options.pid));
  for (const std::string& path : paths) {
    const auto file = target::ElfFile::open(path);
    // Of the files that a pattern names, those are meant that are programs.
    if (!file && has_wildcard(name)) continue;
    if (!file) return file.error();
    visit(file.value());
  }
  return {};
}

}  // namespace

Result<void> list_user_functions(Search& search) {
  const std::vector<std::string> parts = split(search.pattern, ':');
  if (parts.size() != 3)
    return Error{"which functions? `" + search.pattern + "` does not say", 0,
                 "write it as " + std::string(search.provider) + ":BINARY:FUNCTION; `*` is any"};
  return for_each_binary(parts[1], search, [&](const target::ElfFile& file) {
    for (std::string& name : file.function_names(parts[2]))
      search.found.push_back(
          {std::string(search.provider) + ":" + file.path() + ":" + std::move(name), {}});
  });
}

Result<void> list_static_probes(Search& search) {
  const std::vector<std::string> parts = split(search.pattern, ':');
  if (parts.size() < 3 || parts.size() > 4)
    return Error{"which probes? `" + search.pattern + "` does not say", 0,
                 "write it as usdt:BINARY:NAME; `*` is any"};
  const std::string provider = parts.size() == 4 && !parts[2].empty() ? parts[2] : "*";
  return for_each_binary(parts[1], search, [&](const target::ElfFile& file) {
    std::set<std::string> names;  // a probe can have several places
    for (const target::StaticProbe& probe : file.static_probes(provider, parts.back()))
      names.insert(probe.provider + ":" + probe.name);
    for (const std::string& name : names)
      search.found.push_back({"usdt:" + file.path() + ":" + name, {}});
  });
}

}  // namespace scry::driver
