#include "runtime/symbols/process.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>

#include "base/fd.h"
#include "base/strings.h"

namespace scry::runtime {

namespace {

// A process does not get new mappings all the time, and reading them costs.
constexpr std::chrono::milliseconds kBetweenReads{100};

std::optional<uint64_t> hexadecimal(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

// The next word of a line, which loses it.
std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

// "begin-end rwxp offset device inode   path"
std::optional<Mapping> parse_mapping(std::string_view line) {
  const std::string_view range = take_word(line);
  const std::string_view rights = take_word(line);
  const auto offset = hexadecimal(take_word(line));
  take_word(line), take_word(line);
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const size_t dash = range.find('-');
  if (dash == range.npos || rights.size() < 3 || rights[2] != 'x' || !line.starts_with('/'))
    return {};
  const auto begin = hexadecimal(range.substr(0, dash)), end = hexadecimal(range.substr(dash + 1));
  if (!begin || !end || !offset) return {};
  return Mapping{*begin, *end, *offset, std::string(line)};
}

}  // namespace

std::vector<Mapping> parse_mappings(std::string_view maps) {
  std::vector<Mapping> mappings;
  while (!maps.empty()) {
    const std::string_view line = maps.substr(0, maps.find('\n'));
    maps.remove_prefix(std::min(line.size() + 1, maps.size()));
    if (auto mapping = parse_mapping(line)) mappings.push_back(std::move(*mapping));
  }
  return mappings;
}

std::optional<FoundSymbol> find_function(const std::vector<target::Function>& functions,
                                         uint64_t offset) {
  const auto after = std::upper_bound(
      functions.begin(), functions.end(), offset,
      [](uint64_t value, const target::Function& function) { return value < function.offset; });
  if (after == functions.begin()) return {};
  const target::Function& function = *std::prev(after);
  if (function.size > 0 && offset - function.offset >= function.size) return {};
  return FoundSymbol{function.name, offset - function.offset};
}

Mapping* Processes::mapping_at(uint64_t pid, uint64_t address) {
  Process& process = processes_[pid];
  const auto look = [&]() -> Mapping* {
    for (Mapping& mapping : process.mappings)
      if (address >= mapping.begin && address < mapping.end) return &mapping;
    return nullptr;
  };
  if (Mapping* found = look()) return found;
  const auto now = Clock::now();
  if (process.read_at && now - *process.read_at < kBetweenReads) return nullptr;
  process.read_at = now;
  const auto text = read_file(fmt::format("/proc/{}/maps", pid));
  if (!text || text.value().empty()) return nullptr;
  process.mappings = parse_mappings(text.value());
  return look();
}

const std::vector<target::Function>& Processes::functions(uint64_t pid, const std::string& path) {
  // In another mount namespace (a container) the path may name another file.
  const std::string in_its_root = fmt::format("/proc/{}/root{}", pid, path);
  struct stat theirs = {}, ours = {};
  const bool has_theirs = ::stat(in_its_root.c_str(), &theirs) == 0;
  const bool is_ours =
      ::stat(path.c_str(), &ours) == 0 &&
      (!has_theirs || (theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev));
  const std::string& file = is_ours ? path : in_its_root;
  if (const auto known = files_.find(file); known != files_.end()) return known->second;
  std::vector<target::Function> functions;
  if (const auto elf = target::ElfFile::open(file)) functions = elf.value().functions();
  return files_[file] = std::move(functions);
}

std::optional<FoundPlace> Processes::find(uint64_t pid, uint64_t address) {
  Mapping* mapping = mapping_at(pid, address);
  if (!mapping) return {};
  if (!mapping->functions) mapping->functions = &functions(pid, mapping->path);
  return FoundPlace{find_function(*mapping->functions, address - mapping->begin + mapping->offset),
                    mapping->path};
}

}  // namespace scry::runtime
