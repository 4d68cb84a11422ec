// uprobe:BINARY:FUNCTION and uretprobe, from the symbols of one binary, or of all files that a pattern names.
#include <glob.h>

#include <set>

#include "base/fd.h"
#include "base/strings.h"
#include "driver/list/family.h"
#include "target/binary.h"
#include "target/elf.h"

namespace scry::driver {

namespace {

// Executable files that the process has mapped.
Result<std::set<std::string>> mapped_files(pid_t pid) {
  SCRY_TRY_ASSIGN(const std::string maps, read_file("/proc/" + std::to_string(pid) + "/maps"));
  std::set<std::string> files;
  for (const std::string& line : split(maps, '\n')) {
    const size_t path = line.find('/'), permissions = line.find(' ');
    if (path != line.npos && permissions + 3 < line.size() && line[permissions + 3] == 'x')
      files.insert(line.substr(path));
  }
  return files;
}

Result<std::vector<std::string>> binaries(const std::string& name, const ListOptions& options) {
  std::vector<std::string> found;
  if (!has_wildcard(name)) {
    SCRY_TRY_ASSIGN(std::string path, target::resolve_binary(name, options.pid));
    found.push_back(std::move(path));
    return found;
  }
  if (options.pid) {
    SCRY_TRY_ASSIGN(const auto files, mapped_files(*options.pid));
    for (const std::string& file : files)
      if (matches_wildcard(name, file)) found.push_back(file);
    return found;
  }
  if (name.find('/') == name.npos)
    return Error{"which program or library? `" + name + "` names none", 0,
                 "give a path, which may hold `*`: scry -l 'uprobe:/usr/bin/*:main'; or -p PID"};
  glob_t matches = {};
  if (::glob(name.c_str(), GLOB_NOESCAPE, nullptr, &matches) == 0)
    found.assign(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
  ::globfree(&matches);
  return found;
}

}  // namespace

Result<void> list_user_functions(Search& search) {
  const std::vector<std::string> parts = split(search.pattern, ':');
  if (parts.size() != 3)
    return Error{"which functions? `" + search.pattern + "` does not say", 0,
                 "write it as " + std::string(search.provider) + ":BINARY:FUNCTION; `*` is any"};
  SCRY_TRY_ASSIGN(const auto paths, binaries(parts[1], search.options));
  for (const std::string& path : paths) {
    auto file = target::ElfFile::open(path);
    // Of the files that a pattern names, those are meant that are programs.
    if (!file && has_wildcard(parts[1])) continue;
    if (!file) return file.error();
    for (std::string& name : file.value().function_names(parts[2]))
      search.found.push_back(
          {std::string(search.provider) + ":" + path + ":" + std::move(name), {}});
  }
  return {};
}

}  // namespace scry::driver
