// Raw BTF for tests, a type at a time; ids count from 1 in the order of calls.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace scry::kernel {

class BtfBuilder {
 public:
  void type(const char* name, uint32_t kind, uint32_t count, uint32_t size_or_type,
            bool has_bits = false) {
    words({string(name), kind << 24 | count | (has_bits ? 1u << 31 : 0), size_or_type});
  }
  void member(const char* name, uint32_t type, uint32_t bit_offset) {
    words({string(name), type, bit_offset});
  }
  // Of a prototype; also a constant of an enum, with its value.
  void parameter(const char* name, uint32_t type) { words({string(name), type}); }
  void words(std::initializer_list<uint32_t> values) { types_.insert(types_.end(), values); }

  std::string bytes() const {
    const auto type_size = static_cast<uint32_t>(types_.size() * 4);
    const uint32_t header[6] = {0x0001eb9f, 24,        0,
                                type_size,  type_size, static_cast<uint32_t>(strings_.size())};
    std::string out(reinterpret_cast<const char*>(header), sizeof header);
    out.append(reinterpret_cast<const char*>(types_.data()), type_size);
    return out + strings_;
  }

 private:
  uint32_t string(const char* text) {
    if (!*text) return 0;
    const auto at = static_cast<uint32_t>(strings_.size());
    strings_ += std::string(text) + '\0';
    return at;
  }

  std::vector<uint32_t> types_;
  std::string strings_ = std::string(1, '\0');
};

}  // namespace scry::kernel
