// Addresses and stacks to text. Names are looked up when a value is shown, and only then; tables are read when
// first needed and kept.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "plan/plan.h"
#include "runtime/output/value.h"
#include "runtime/symbols/kernel.h"
#include "runtime/symbols/process.h"

namespace scry::runtime {

// As a frame of a stack is shown: "name+5"; perf's "address name+5", for user frames with " (file)".
// Without a name the address stands in its place.
std::string frame_text(const std::string& mode, uint64_t address,
                       const std::optional<FoundSymbol>& symbol,
                       const std::optional<std::string_view>& file, bool demangles = true);
// `_ZN3foo3barEv` as `foo::bar()`; other names as they are.
std::string demangled(std::string_view name);

class Symbols final : public SymbolSource {
 public:
  // The plan's Stacks map and its descriptor, which stays the caller's; null and -1 without one.
  Symbols(const plan::Map* stacks, int stacks_fd, bool demangles)
      : stacks_(stacks), stacks_fd_(stacks_fd), demangles_(demangles) {}

  std::string kernel_symbol(uint64_t address) override;
  std::string user_symbol(uint64_t address, uint64_t pid) override;
  // A stack whose frames were lost, or that had none, is empty.
  Stack stack(const Type& type, uint64_t hash, uint64_t pid) override;

 private:
  const std::vector<uint64_t>& frames(uint64_t hash);
  const KernelSymbols& kernel();

  const plan::Map* stacks_;
  int stacks_fd_;
  bool demangles_;  // names of C++
  std::optional<KernelSymbols> kernel_;
  Processes processes_;
  std::unordered_map<uint64_t, std::vector<uint64_t>> frames_;
};

}  // namespace scry::runtime
