// Addresses of user processes: what is mapped there, and the functions of that file.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/symbols/kernel.h"
#include "target/elf.h"

namespace scry::runtime {

// A file in the memory of a process, from begin up to end.
struct Mapping {
  uint64_t begin = 0, end = 0;
  uint64_t offset = 0;                                       // of `begin` in the file
  std::string path;                                          // as the process sees it
  const std::vector<target::Function>* functions = nullptr;  // of the file, once looked up
};
// The executable mappings of files in the text of /proc/PID/maps, by address.
std::vector<Mapping> parse_mappings(std::string_view maps);

// The function that holds the place of the file; functions are by offset. One whose size is not told reaches to
// the next.
std::optional<FoundSymbol> find_function(const std::vector<target::Function>& functions,
                                         uint64_t offset);

struct FoundPlace {
  std::optional<FoundSymbol> function;
  std::string_view path;  // of the file
};

// What processes have mapped is read when first asked for, and again when an address is in none of it. What was
// known of a process that has ended stays known.
class Processes {
 public:
  // Nullopt when no file is mapped at the address, or the process is gone.
  std::optional<FoundPlace> find(uint64_t pid, uint64_t address);

 private:
  using Clock = std::chrono::steady_clock;
  struct Process {
    std::vector<Mapping> mappings;
    std::optional<Clock::time_point> read_at;
  };
  Mapping* mapping_at(uint64_t pid, uint64_t address);
  const std::vector<target::Function>& functions(uint64_t pid, const std::string& path);

  std::map<uint64_t, Process> processes_;
  std::map<std::string, std::vector<target::Function>> files_;  // by path as we see it
};

}  // namespace scry::runtime
