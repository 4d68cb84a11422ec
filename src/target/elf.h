// Functions of an ELF file: where they lie, for uprobes, which are placed by file offset. Reads symbol
// tables (symtab and dynsym), program headers and the notes of static probes, nothing else; knows nothing of processes.
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

// One operand of a static probe, in the notation of <sys/sdt.h>: "-4@%eax", "8@$5", "4@-20(%rbp,%rax,4)".
struct StaticArgument {
  enum class Kind : uint8_t { Constant, Register, Memory };
  Kind kind = Kind::Constant;
  uint8_t size = 8;  // bytes
  bool is_signed = false;
  int64_t value = 0;        // the constant, or Memory's distance from base + index * scale
  std::string base, index;  // registers by their 64-bit names without %; Memory: either may be ""
  uint8_t scale = 1;
};

// The Error names what is not understood.
Result<StaticArgument> parse_static_argument(std::string_view text);

// A place of a static probe (USDT): a NOP that <sys/sdt.h> put into the code. A probe of one name can have
// several places.
struct StaticProbe {
  std::string provider, name;
  uint64_t offset = 0;            // in the file
  uint64_t semaphore_offset = 0;  // in the file, of the counter that enables the probe; 0: none
  std::string arguments;          // as the note has them: "-4@%eax 8@$5"
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
  // …or in a segment of data that the file holds.
  std::optional<uint64_t> data_offset(uint64_t address) const;
  // The nearest name, for did-you-mean.
  std::optional<std::string> nearest_name(std::string_view name) const;
  // The static probes whose provider and name match (`*` is any run of characters), in the file's order.
  std::vector<StaticProbe> static_probes(std::string_view provider, std::string_view name) const;
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
  static std::optional<uint64_t> offset_in(const std::vector<Segment>& segments, uint64_t address);

  std::vector<Segment> segments_;  // executable
  std::vector<Segment> data_segments_;
  bool is_go_ = false;
};

}  // namespace scry::target
