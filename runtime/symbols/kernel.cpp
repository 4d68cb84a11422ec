#include "runtime/symbols/kernel.h"

#include <algorithm>
#include <charconv>

#include "base/fd.h"

namespace scry::runtime {

namespace {

constexpr uint64_t kKernelSpace = 1ull << 63;  // below are per-CPU offsets and constants
// Farther from any symbol an address is not the kernel's code: the last symbol has no end.
constexpr uint64_t kFarthest = 1 << 20;

// Calls visit(address, name) for each line of the text until it returns true; lines that are none are skipped.
template <typename Visit>
void find_symbol(std::string_view kallsyms, Visit&& visit) {
  while (!kallsyms.empty()) {
    const std::string_view line = kallsyms.substr(0, kallsyms.find('\n'));
    kallsyms.remove_prefix(std::min(line.size() + 1, kallsyms.size()));
    uint64_t address = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), address, 16);
    const auto begin = static_cast<size_t>(end - line.data()) + 3;  // " t "
    if (error != std::errc() || begin >= line.size()) continue;
    if (visit(address, line.substr(begin, line.find_first_of("\t ", begin) - begin))) return;
  }
}

}  // namespace

KernelSymbols::KernelSymbols(std::string_view kallsyms) {
  names_.reserve(kallsyms.size() / 2);
  find_symbol(kallsyms, [&](uint64_t address, std::string_view name) {
    if (address < kKernelSpace) return false;
    symbols_.push_back({address, static_cast<uint32_t>(names_.size())});
    names_.append(name).push_back('\0');
    return false;
  });
  const auto before = [](const Symbol& a, const Symbol& b) { return a.address < b.address; };
  std::stable_sort(symbols_.begin(), symbols_.end(), before);
  const auto same = [](const Symbol& a, const Symbol& b) { return a.address == b.address; };
  symbols_.erase(std::unique(symbols_.begin(), symbols_.end(), same), symbols_.end());
}

std::optional<uint64_t> kernel_symbol_address(std::string_view name) {
  const auto text = read_file("/proc/kallsyms");
  if (!text) return {};
  std::optional<uint64_t> found;
  find_symbol(text.value(), [&](uint64_t address, std::string_view symbol) {
    if (address != 0 && symbol == name) found = address;
    return found.has_value();
  });
  return found;
}

KernelSymbols KernelSymbols::of_running_kernel() {
  const auto text = read_file("/proc/kallsyms");
  return KernelSymbols(text ? std::string_view(text.value()) : std::string_view());
}

std::optional<FoundSymbol> KernelSymbols::find(uint64_t address) const {
  const auto after =
      std::upper_bound(symbols_.begin(), symbols_.end(), address,
                       [](uint64_t value, const Symbol& symbol) { return value < symbol.address; });
  if (after == symbols_.begin()) return {};
  const Symbol& symbol = *std::prev(after);
  if (address - symbol.address > kFarthest) return {};
  return FoundSymbol{names_.data() + symbol.name, address - symbol.address};
}

}  // namespace scry::runtime
