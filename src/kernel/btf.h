// A lazy reader of BTF, the kernel's own type information: it finds one struct's member offset without
// building a model of all types (libbpf's parse of vmlinux takes 9 ms and 13 MB). One pass over the type
// section notes where each type starts, about a millisecond; that is all it keeps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scry::kernel {

class Btf {
 public:
  // Takes raw BTF; any bytes are safe to give, what is not BTF is an Error.
  static Result<Btf> parse(std::string bytes);

  // Byte offset of `path` ("a.b.c") in struct or union `name`. Anonymous members are looked through.
  Result<uint32_t> field_offset(std::string_view name, std::string_view path) const;

 private:
  struct Member {
    uint32_t bit_offset = 0;
    uint32_t type = 0;
    bool is_bitfield = false;
  };

  uint32_t word(uint64_t offset) const;
  std::string_view name_at(uint32_t offset) const;
  std::string_view type_name(uint32_t id) const;
  uint32_t kind(uint32_t id) const;
  bool is_aggregate(uint32_t id) const;
  // Through typedefs and qualifiers to the type behind.
  uint32_t strip(uint32_t id) const;
  uint32_t find_aggregate(std::string_view name) const;
  bool find_member(uint32_t id, std::string_view name, int depth, Member& found) const;

  std::string bytes_;
  uint64_t types_begin_ = 0, strings_begin_ = 0, strings_end_ = 0;
  std::vector<uint32_t> starts_;  // byte offset of each type; index 0 is void
};

}  // namespace scry::kernel
