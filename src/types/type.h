// The language's types: what a value is, how many bytes it takes and where its parts lie. A Type is
// a value: copied freely, compared by structure. A pointer to a struct carries the struct's name
// only (its layout is asked of the kernel when needed), so types are finite trees.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace scry::types {

enum class Kind : uint8_t {
  Poison,        // the type of a wrong expression: silences what would follow from it
  None,          // no value: void functions
  Bool,          // 1 byte
  Int,           // 1, 2, 4 or 8 bytes, signed or not
  Enum,          // an Int with names
  Pointer,       // 8 bytes; element is the pointee (None for void*)
  String,        // char array of `size` bytes, NUL-terminated when shorter
  Buffer,        // u32 length, then up to size-4 bytes
  Array,         // `count` elements of `element`
  Struct,        // C struct or union, fields with offsets
  Tuple,         // fields without names, laid out as C would
  Record,        // fields with names, laid out as C would
  ProbeName,     // u64 id of an attached probe; shown and compared as its name
  KernelSymbol,  // { u64 address }, shown as the name of what is there
  UserSymbol,    // { u64 address; u64 pid }
  KernelStack,   // { u64 hash }: frames are in the plan's Stacks map under it; 0 for no frames
  UserStack,     // { u64 hash; u64 pid }
  Inet,          // { u32 family; u8 address[16] }, shown as text
  MacAddress,    // u8[6], shown as AA:BB:…
  Username,      // { u64 uid }, shown as the user's name
  CgroupPath,
  Timestamp,  // { u64 ns since boot }, shown by strftime's format in `name`
  // aggregations: only as map values
  Count,
  Sum,
  Avg,
  Min,
  Max,
  Stats,
  Hist,
  Lhist,
  Tseries,
};

enum class AddressSpace : uint8_t { None, Kernel, User };

struct Type;

struct Field {
  std::string name;  // "" in tuples
  std::shared_ptr<const Type> type;
  uint32_t offset = 0;  // bytes from the start of the whole

  bool operator==(const Field& other) const;
};

struct Type {
  Kind kind = Kind::None;
  bool is_signed = false;     // Int, Sum, Avg, Min, Max, Stats
  bool is_sign_free = false;  // of a positive literal: takes either sign; only
                              // inference looks at it, it is never compared
  AddressSpace address_space = AddressSpace::None;  // Pointer: where it points
  uint32_t size = 0;                                // bytes in memory
  uint32_t count = 0;                   // Array: elements; Hist: bits (0..5); stacks: most frames
  std::string name;                     // Struct, Enum: the tag; stacks: the mode
  std::shared_ptr<const Type> element;  // Pointer, Array
  std::vector<Field> fields;            // Struct, Tuple, Record
  int64_t min = 0, max = 0, step = 0;   // Lhist bounds

  bool operator==(const Type& other) const;

  bool is(Kind k) const { return kind == k; }
  bool is_poison() const { return kind == Kind::Poison; }
  bool is_none() const { return kind == Kind::None; }
  // Bool, Int, Enum, Pointer, ProbeName: fits a register.
  bool is_scalar() const;
  bool is_integer() const { return kind == Kind::Bool || kind == Kind::Int || kind == Kind::Enum; }
  bool is_aggregation() const { return kind >= Kind::Count; }
  // count, sum, avg, min, max: an integer when read in an expression.
  bool is_castable_aggregation() const { return kind >= Kind::Count && kind <= Kind::Max; }
  // Lives in memory and is handled by address: strings, arrays, tuples, …
  bool is_memory() const { return !is_scalar() && !is_none() && !is_poison(); }
};

// An enum's constants, apart from the types that carry its name.
struct Enumerator {
  std::string name;
  int64_t value = 0;
};
struct Enumeration {
  std::string name;
  std::vector<Enumerator> constants;
};

Type poison();
Type none();
Type boolean();
Type integer(uint32_t size, bool is_signed);
inline Type int64() { return integer(8, true); }
inline Type uint64() { return integer(8, false); }
inline Type uint32() { return integer(4, false); }
// `size` counts the terminating NUL.
Type string(uint32_t size);
Type pointer(Type pointee, AddressSpace space);
Type array(Type element, uint32_t count);
// A struct or union of which only the name is known here.
Type structure(std::string name);
Type tuple(std::vector<Type> elements);
Type probe_name();
inline constexpr uint32_t kMostFrames = 1024;
// KernelStack or UserStack. `mode` says how it is shown: "bpftrace", "perf" or "raw".
Type stack(Kind kind, std::string mode, uint32_t most_frames);
// KernelSymbol or UserSymbol.
Type symbol(Kind kind);
Type buffer(uint32_t most_bytes);
Type inet();
Type mac_address();
Type username();
Type timestamp(std::string format);
// Count … Stats; signed as its argument is.
Type aggregation(Kind kind, bool is_signed);
Type hist(uint32_t bits);
Type lhist(int64_t min, int64_t max, int64_t step);

uint32_t alignment(const Type& type);

// The smallest type that holds both, as variables, keys and map values widen; Poison if there is none.
Type widen(const Type& a, const Type& b);

// As users read it in messages: "int64", "string[16]", "(int64,string[4])", "count_t".
std::string to_string(const Type& type);

// Memory layout of one map value of an aggregation, per CPU: codegen updates it, the runtime reads it.
// All fields are 8 bytes.
//   Count       { u64 count }
//   Sum         { i64 total; u64 is_set }
//   Min, Max    { u64 value ^ extreme_mask(); u64 is_set }: the larger word wins, 0 loses against all
//   Avg, Stats  { i64 total; u64 count }
//   Hist, Lhist u64 counters: hist_bucket_count() of them in a scalar map; in a keyed map one counter an
//               element, under the key followed (8-aligned) by the u64 bucket number
uint32_t hist_bucket_count(const Type& type);
// Turns values of a Min or Max into words that grow, unsigned, the better the value is; and back.
uint64_t extreme_mask(const Type& type);

}  // namespace scry::types

namespace scry {
using types::Type;
}
