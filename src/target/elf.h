// Functions of an ELF file: where they lie, for uprobes, which are placed by file offset. Reads symbol
// tables (symtab and dynsym) and program headers, nothing else; knows nothing of processes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scry::target {

struct Function {
  std::string name;
  uint64_t address = 0;  // as linked
  uint64_t size = 0;     // bytes; 0 when the symbol does not tell
  uint64_t offset = 0;   // in the file
};

class ElfFile {
 public:
  // An Error if the file cannot be read or is no ELF file of 64 bits.
  static Result<ElfFile> open(const std::string& path);
  ElfFile(ElfFile&&) noexcept;
  ElfFile& operator=(ElfFile&&) noexcept;
  ~ElfFile();

  const std::string& path() const { return path_; }
  // Exactly this name.
  std::optional<Function> find(std::string_view name) const;
  // `*` is any run of characters. Sorted by name; of several names for one place only the first.
  std::vector<Function> match(std::string_view pattern) const;
  // Every name of a function that matches, also several for one place; sorted.
  std::vector<std::string> function_names(std::string_view pattern) const;
  // All, by offset; of several names for one place the one with the fewest leading underscores.
  std::vector<Function> functions() const;
  // The function that holds a linked address.
  std::optional<Function> function_at(uint64_t address) const;
  // File offset of a linked address that lies in an executable segment.
  std::optional<uint64_t> file_offset(uint64_t address) const;
  // The nearest name, for did-you-mean.
  std::optional<std::string> nearest_name(std::string_view name) const;
  // Was it built by Go? Its goroutine stacks move, which return probes do not survive.
  bool is_go() const { return is_go_; }

 private:
  struct Segment {
    uint64_t address, offset, size;
  };
  struct Handle;

  ElfFile();
  template <typename Visit>
  void for_each_function(Visit&& visit) const;

  std::string path_;
  std::unique_ptr<Handle> handle_;
  std::vector<Segment> segments_;
  bool is_go_ = false;
};

}  // namespace scry::target
