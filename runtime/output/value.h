// Value: what an event or a map carries, decoded once from its bytes and type; text and JSON are two
// renderers of it. Nothing here knows where the bytes came from.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "types/type.h"

namespace scry::runtime {

struct Integer {
  uint64_t bits = 0;
  bool is_signed = false;  // how to read `bits`

  bool is_negative() const { return is_signed && static_cast<int64_t>(bits) < 0; }
};

// A constant of an enum; without a name, a number that is none of them.
struct Constant {
  Integer number;
  std::string name;
};

struct Address {
  uint64_t value = 0;
};

struct Value;

struct Tuple {
  std::vector<Value> elements;
  bool is_array = false;  // of one type; shown in brackets
};

// An average as it is kept; shown as total / count, or as stats with all three.
struct Average {
  Integer total;
  uint64_t count = 0;
  bool is_stats = false;
};

// One row of a histogram: values from min up to end, end excluded. Without a min it holds all below
// `end`, without an end all from `min` on.
struct Bucket {
  std::optional<Integer> min;
  std::optional<Integer> end;
  uint64_t count = 0;
};

// From the first to the last bucket that is not empty, empty ones between them included.
struct Histogram {
  std::vector<Bucket> buckets;

  uint64_t total() const;
};

// What buf() read.
struct Bytes {
  std::string bytes;
};

// Frames as they are shown, innermost first.
struct Stack {
  std::string_view indent;  // before each frame, but in the keys of JSON
  std::vector<std::string> frames;
};

struct Value {
  std::variant<std::monostate, bool, Integer, Address, std::string, Tuple, Average, Histogram,
               Stack, Bytes, Constant>
      data;
};

// Makes text of addresses and stacks; runtime/symbols does.
class SymbolSource {
 public:
  virtual ~SymbolSource() = default;
  // The name of what is at the address, or the address in hexadecimal.
  virtual std::string kernel_symbol(uint64_t address) = 0;
  virtual std::string user_symbol(uint64_t address, uint64_t pid) = 0;
  // `type` is a KernelStack or UserStack; the pid is of user stacks only.
  virtual Stack stack(const Type& type, uint64_t hash, uint64_t pid) = 0;
};

// What values need to be read that their bytes do not hold.
struct Names {
  std::vector<std::string> probes;  // by name id - 1 (plan.h, Probe)
  SymbolSource* symbols = nullptr;  // null: no value needs it
  std::string trailer = "..";       // of strings that fill their place
  std::map<std::string, std::map<int64_t, std::string>> enums =
      {};  // constants, by the enum's name
};

// By value; of several names for one it is the first.
std::map<std::string, std::map<int64_t, std::string>> names_of(
    const std::vector<types::Enumeration>& enums);

// The value of `type` at `bytes`, of which type.size must be readable. Not for aggregations: those are
// gathered from all CPUs by runtime/events/maps.
Value decode(const Type& type, const char* bytes, const Names& names);

bool is_histogram(const Type& type);

// The row for each counter of a Hist or Lhist, in the order that types/type.h gives, cut to what is in use.
Histogram make_histogram(const Type& type, const std::vector<uint64_t>& counters);

// Compares as maps are sorted: integers by value (of either sign), strings by bytes, tuples element by
// element, averages by their quotient, histograms by total. Negative, 0 or positive.
int compare(const Value& a, const Value& b);
Integer quotient(const Average& average);

// As print() and %s show it: 5, true, 0x10, text, (1, q, (2, 3)). Histograms have no text in one line.
std::string to_text(const Value& value);
// Printable ASCII as it is, other bytes as \xNN.
std::string to_text(const Bytes& bytes);
// A map's key between its brackets: a tuple's elements without the parentheses.
std::string key_text(const Value& key);
std::string to_text(const Integer& integer);
// A line for each frame, between line breaks.
std::string to_text(const Stack& stack, std::string_view indent);

}  // namespace scry::runtime
