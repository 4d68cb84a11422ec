// A lazy reader of BTF, the kernel's own type information: it finds one struct's member offset without
// building a model of all types (libbpf's parse of vmlinux takes 9 ms and 13 MB). It walks the types in their
// order only as far as a question needs and keeps where each one starts; all of vmlinux is half a millisecond.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/bytes.h"

namespace scry::kernel {

class Btf {
 public:
  // Takes raw BTF; any bytes are safe to give, what is not BTF is an Error.
  static Result<Btf> parse(Bytes bytes);

  // Byte offset of `path` ("a.b.c") in struct or union `name`. Anonymous members are looked through. A struct
  // or member that is not there is an Error with ENOENT.
  Result<uint32_t> field_offset(std::string_view name, std::string_view path);

  // --- the types as they stand, by id: 1 … type_count() - 1; 0 is void, as is any id that does not exist ---
  enum Kind : uint32_t {
    Void,
    Int,
    Ptr,
    Array,
    Struct,
    Union,
    Enum,
    Forward,
    Typedef,
    Volatile,
    Const,
    Restrict,
    Function,
    FunctionPrototype,
    Variable,
    DataSection,
    Float,
    DeclarationTag,
    TypeTag,
    Enum64,
  };
  // Of all types; walks to the end.
  uint32_t type_count();
  Kind kind(uint32_t id);
  std::string_view name(uint32_t id);
  // The first type of this kind and name; 0 if there is none.
  uint32_t find(Kind kind, std::string_view name);
  // What a pointer, typedef, qualifier, function, variable or prototype (its result) refers to; the size of
  // others in bytes.
  uint32_t type(uint32_t id);
  struct ArrayOf {
    uint32_t element = 0, count = 0;
  };
  ArrayOf array(uint32_t id);
  // Members of a struct or union, parameters of a prototype, constants of an enum. Names live as long as this.
  struct Part {
    std::string_view name;
    uint32_t type = 0;
    uint32_t bit_size = 0;  // of a bit field, else 0
    int64_t value = 0;      // of a constant
  };
  std::vector<Part> parts(uint32_t id);

 private:
  struct Member {
    uint32_t bit_offset = 0;
    uint32_t type = 0;
    bool is_bitfield = false;
  };

  explicit Btf(Bytes bytes) : bytes_(std::move(bytes)) {}

  uint32_t word(uint64_t offset) const;
  std::string_view name_at(uint32_t offset) const;
  // Notes the start of one more type; false at the end, or where the bytes make no sense.
  bool walk_on();
  bool is_aggregate(uint32_t id);
  // Through typedefs and qualifiers to the type behind.
  uint32_t strip(uint32_t id);
  uint32_t find_aggregate(std::string_view name);
  bool find_member(uint32_t id, std::string_view name, int depth, Member& found);

  Bytes bytes_;
  uint64_t next_ = 0, types_end_ = 0;  // of the type section: what walk_on() has not seen
  uint64_t strings_begin_ = 0, strings_end_ = 0;
  std::vector<uint32_t> starts_ = {0};  // byte offset of each type seen; index 0 is void
};

}  // namespace scry::kernel
