// The kernel's symbols, its modules' and those of loaded BPF programs, as /proc/kallsyms lists them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scry::runtime {

// Something with a name, and how far into it an address lies.
struct FoundSymbol {
  std::string_view name;  // lives as long as what found it
  uint64_t offset = 0;
};

// The address of a symbol of the running kernel, also of data and of per-CPU variables. Nullopt when there is none, or
// the kernel hides the addresses.
std::optional<uint64_t> kernel_symbol_address(std::string_view name);

class KernelSymbols {
 public:
  // Lines of "address type name [module]"; those that are none, and symbols without an address, are skipped.
  explicit KernelSymbols(std::string_view kallsyms);
  // /proc/kallsyms. Empty when it cannot be read or hides the addresses.
  static KernelSymbols of_running_kernel();

  // The nearest symbol at or before the address.
  std::optional<FoundSymbol> find(uint64_t address) const;

 private:
  struct Symbol {
    uint64_t address;
    uint32_t name;  // where in names_; NUL-terminated
  };
  std::string names_;
  std::vector<Symbol> symbols_;  // by address; of several names for one address the first listed
};

}  // namespace scry::runtime
