#include "runtime/symbols/symbols.h"

#include <bpf/bpf.h>
#include <cxxabi.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace scry::runtime {

using types::Kind;

std::string demangled(std::string_view name) {
  if (!name.starts_with("_Z")) return std::string(name);
  const std::unique_ptr<char, void (*)(void*)> text(
      abi::__cxa_demangle(std::string(name).c_str(), nullptr, nullptr, nullptr), std::free);
  return text ? text.get() : std::string(name);
}

std::string frame_text(const std::string& mode, uint64_t address,
                       const std::optional<FoundSymbol>& symbol,
                       const std::optional<std::string_view>& file, bool demangles) {
  if (mode == "raw") return fmt::format("{:x}", address);
  const std::string name =
      symbol ? fmt::format("{}+{}", demangles ? demangled(symbol->name) : std::string(symbol->name),
                           symbol->offset)
             : fmt::format("{:#x}", address);
  if (mode != "perf") return name;
  const std::string place = fmt::format("{:x} {}", address, name);
  return file ? fmt::format("{} ({})", place, *file) : place;
}

namespace {

std::string_view indent_of(const std::string& mode) {
  if (mode == "raw") return "";
  return mode == "perf" ? "\t" : "        ";
}

}  // namespace

const KernelSymbols& Symbols::kernel() {
  if (!kernel_) kernel_ = KernelSymbols::of_running_kernel();
  return *kernel_;
}

std::string Symbols::kernel_symbol(uint64_t address) {
  const auto found = kernel().find(address);
  return found ? std::string(found->name) : fmt::format("{:#x}", address);
}

std::string Symbols::user_symbol(uint64_t address, uint64_t pid) {
  const auto place = processes_.find(pid, address);
  if (!place || !place->function) return fmt::format("{:#x}", address);
  const std::string_view name = place->function->name;
  return demangles_ ? demangled(name) : std::string(name);
}

const std::vector<uint64_t>& Symbols::frames(uint64_t hash) {
  if (const auto known = frames_.find(hash); known != frames_.end()) return known->second;
  static const std::vector<uint64_t> none;
  if (hash == 0 || !stacks_) return none;
  std::vector<uint64_t> entry(stacks_->value_size / 8);
  if (bpf_map_lookup_elem(stacks_fd_, &hash, entry.data()) != 0) return none;
  const uint64_t count = std::min<uint64_t>(entry[0], entry.size() - 1);
  std::vector<uint64_t>& kept = frames_[hash];
  kept.assign(entry.begin() + 1, entry.begin() + 1 + static_cast<ptrdiff_t>(count));
  return kept;
}

Stack Symbols::stack(const Type& type, uint64_t hash, uint64_t pid) {
  const std::string& mode = type.name;
  Stack stack{indent_of(mode), {}};
  for (const uint64_t address : frames(hash)) {
    if (mode == "raw") {
      stack.frames.push_back(frame_text(mode, address, {}, {}));
    } else if (type.is(Kind::KernelStack)) {
      stack.frames.push_back(frame_text(mode, address, kernel().find(address), {}));
    } else {
      const auto place = processes_.find(pid, address);
      stack.frames.push_back(frame_text(mode, address, place ? place->function : std::nullopt,
                                        place ? place->path : "[unknown]", demangles_));
    }
  }
  return stack;
}

}  // namespace scry::runtime
