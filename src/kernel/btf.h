// A lazy reader of BTF, the kernel's own type information: it finds where a struct's member lies without
// building a model of all types (libbpf's parse of vmlinux takes 9 ms and 13 MB). It walks the types in their
// order only as far as a question needs and keeps where each one starts; all of vmlinux is half a millisecond.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "kernel/bytes.h"

namespace scry::kernel {

class Btf {
 public:
  // Takes raw BTF; any bytes are safe to give, what is not BTF is an Error.
  static Result<Btf> parse(Bytes bytes);

  // A member of a struct, seen from the struct's start.
  struct Place {
    uint32_t type = 0;  // with its typedefs and qualifiers
    uint64_t bit_offset = 0;
    uint32_t bit_size = 0;  // of a bit field, else 0
  };
  // Where `path` ("a.b[3].c", "" for the whole) lies in struct or union `name`, or in the nameless one of typedef
  // `name`. Anonymous members are looked through; an array's bounds are not checked. A struct or member that is
  // not there is an Error with ENOENT.
  Result<Place> place(std::string_view name, std::string_view path);
  // Byte offset of a member that is no bit field.
  Result<uint32_t> field_offset(std::string_view name, std::string_view path);
  // The struct or union of that name, or behind the typedef of that name; 0 if there is none.
  uint32_t find_record(std::string_view name);

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
  // Through typedefs and qualifiers to the type behind.
  uint32_t strip(uint32_t id);
  // Bytes of a value of the type; 0 for what has no size.
  uint64_t size_of(uint32_t id);
  struct Integer {
    bool is_signed = false, is_bool = false;
  };
  Integer integer(uint32_t id);
  bool is_signed_enum(uint32_t id);
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
  explicit Btf(Bytes bytes) : bytes_(std::move(bytes)) {}

  uint32_t word(uint64_t offset) const;
  std::string_view name_at(uint32_t offset) const;
  bool is_name(uint32_t offset, std::string_view name) const;
  // Notes the start of one more type; false at the end, or where the bytes make no sense.
  bool walk_on();
  bool is_aggregate(uint32_t id);
  bool find_member(uint32_t id, std::string_view name, int depth, Place& found);
  // One step of a path: a member's name with its indexes, "b[3]".
  bool step(std::string_view step, Place& at);

  Bytes bytes_;
  uint64_t next_ = 0, types_end_ = 0;  // of the type section: what walk_on() has not seen
  uint64_t strings_begin_ = 0, strings_end_ = 0;
  std::vector<uint32_t> starts_ = {0};  // byte offset of each type seen; index 0 is void
  // Records by name, of the types below `indexed_`. The names stand in bytes_, which never move.
  std::unordered_map<std::string_view, uint32_t> records_;
  uint32_t indexed_ = 1;
};

}  // namespace scry::kernel
