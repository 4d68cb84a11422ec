#include "target/binary.h"

#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <set>
#include <string_view>

#include "base/fd.h"
#include "base/strings.h"

namespace scry::target {

namespace {

constexpr char kLibraryCache[] = "/etc/ld.so.cache";
constexpr std::string_view kCacheMagic = "glibc-ld.so.cache1.1";
constexpr size_t kCacheHeader = 48;  // magic, entry count, string size, flags, padding
constexpr size_t kCacheEntry = 24;   // flags, key, value, osversion, hwcap (u64)
constexpr uint32_t kX8664 = 0x0303;  // FLAG_X8664_LIB64 | FLAG_ELF_LIBC6

bool is_file(const std::string& path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

bool is_executable(const std::string& path) {
  return is_file(path) && ::access(path.c_str(), X_OK) == 0;
}

std::string read_link(const std::string& path) {
  char target[4096];
  const ssize_t size = ::readlink(path.c_str(), target, sizeof target);
  return size < 0 ? std::string() : std::string(target, static_cast<size_t>(size));
}

// What a path must be prefixed with to mean the file that the process sees.
std::string root_of(std::optional<pid_t> pid) {
  if (!pid) return "";
  const std::string process = "/proc/" + std::to_string(*pid);
  const bool same = read_link(process + "/ns/mnt") == read_link("/proc/self/ns/mnt") &&
                    read_link(process + "/root") == "/";
  return same ? "" : process + "/root";
}

}  // namespace

std::optional<std::string> find_command(const std::string& name) {
  if (name.find('/') != name.npos) return is_executable(name) ? std::optional(name) : std::nullopt;
  const char* path = ::getenv("PATH");
  for (const std::string& directory : split(path ? path : "/usr/local/bin:/usr/bin:/bin", ':')) {
    std::string candidate = (directory.empty() ? "." : directory) + "/" + name;
    if (is_executable(candidate)) return candidate;
  }
  return {};
}

std::optional<std::string> find_library(const std::string& name, const std::string& cache) {
  // An older cache may stand before the new one in the same file.
  const size_t begin = cache.find(kCacheMagic);
  if (begin == cache.npos || cache.size() - begin < kCacheHeader) return {};
  const std::string_view bytes = std::string_view(cache).substr(begin);
  const auto word = [&](size_t at) {
    uint32_t value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
  };
  const auto text = [&](uint32_t at) {
    return at < bytes.size()
               ? std::string_view(bytes.data() + at, strnlen(bytes.data() + at, bytes.size() - at))
               : std::string_view();
  };
  const uint32_t count = word(kCacheMagic.size());
  for (uint32_t i = 0; i < count && kCacheHeader + (i + 1) * kCacheEntry <= bytes.size(); ++i) {
    const size_t at = kCacheHeader + i * kCacheEntry;
    const std::string_view key = text(word(at + 4));
    if (word(at) == kX8664 && (key == name || key.starts_with(name + ".so")))
      return std::string(text(word(at + 8)));
  }
  return {};
}

Result<std::string> resolve_binary(const std::string& name, std::optional<pid_t> pid) {
  if (name.empty() && pid) return "/proc/" + std::to_string(*pid) + "/exe";
  if (name.empty())
    return Error{"no program or library is named", 0, "only with -p or -c may it be left out"};
  const std::string root = root_of(pid);
  if (name.find('/') != name.npos) {
    const std::string path = name.front() == '/' ? root + name : name;
    if (is_file(path)) return path;
    struct stat info;
    if (::stat(path.c_str(), &info) == 0)
      return Error{"`" + name + "` is not a regular file", 0, {}};
    return errno_error("cannot find the program or library `" + name + "`");
  }
  if (auto command = find_command(name)) return *std::move(command);
  if (auto cache = read_file(root + kLibraryCache); cache)
    if (const auto library = find_library(name, cache.value())) return root + *library;
  if (is_file(name)) return "./" + name;
  return Error{"cannot find the program or library `" + name + "`", 0,
               "it is neither a command in PATH nor a library of ld.so.cache; give its path"};
}

namespace {

// Files that the process has mapped as code.
void add_mapped(const std::string& process, std::set<std::string>& files) {
  const auto maps = read_file(process + "/maps");
  if (!maps) return;
  for (const std::string& line : split(maps.value(), '\n')) {
    const size_t path = line.find('/'), permissions = line.find(' ');
    if (path != line.npos && permissions + 3 < line.size() && line[permissions + 3] == 'x')
      files.insert(line.substr(path));
  }
}

std::set<std::string> mapped_files(std::optional<pid_t> pid) {
  std::set<std::string> files;
  if (pid) {
    add_mapped("/proc/" + std::to_string(*pid), files);
    return files;
  }
  glob_t processes = {};
  if (::glob("/proc/[0-9]*", GLOB_NOSORT, nullptr, &processes) == 0)
    for (size_t i = 0; i < processes.gl_pathc; ++i) add_mapped(processes.gl_pathv[i], files);
  ::globfree(&processes);
  return files;
}

}  // namespace

Result<std::vector<std::string>> resolve_binaries(const std::string& name,
                                                  std::optional<pid_t> pid) {
  if (!has_wildcard(name)) {
    SCRY_TRY_ASSIGN(std::string path, resolve_binary(name, pid));
    return std::vector{std::move(path)};
  }
  std::set<std::string> candidates;
  if (name.find('/') != name.npos) {
    glob_t matches = {};
    if (::glob(name.c_str(), GLOB_NOESCAPE, nullptr, &matches) == 0)
      candidates.insert(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
    ::globfree(&matches);
  } else {
    for (const std::string& file : mapped_files(pid))
      if (matches_wildcard(name, file)) candidates.insert(file);
  }
  // A file has many names: links, and directories that are links.
  std::set<std::pair<dev_t, ino_t>> seen;
  std::vector<std::string> found;
  for (const std::string& path : candidates) {
    struct stat info;
    if (::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
        seen.emplace(info.st_dev, info.st_ino).second)
      found.push_back(path);
  }
  return found;
}

}  // namespace scry::target
