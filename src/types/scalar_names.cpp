#include "types/scalar_names.h"

namespace scry::types {

namespace {

struct Row {
  std::string_view name;
  uint8_t size;
  bool is_signed;
};

// The language's own names first: they are what did-you-mean offers.
constexpr Row kIntegers[] = {
    {"int8", 1, true},
    {"int16", 2, true},
    {"int32", 4, true},
    {"int64", 8, true},
    {"uint8", 1, false},
    {"uint16", 2, false},
    {"uint32", 4, false},
    {"uint64", 8, false},
    {"int8_t", 1, true},
    {"int16_t", 2, true},
    {"int32_t", 4, true},
    {"int64_t", 8, true},
    {"uint8_t", 1, false},
    {"uint16_t", 2, false},
    {"uint32_t", 4, false},
    {"uint64_t", 8, false},
    {"s8", 1, true},
    {"s16", 2, true},
    {"s32", 4, true},
    {"s64", 8, true},
    {"u8", 1, false},
    {"u16", 2, false},
    {"u32", 4, false},
    {"u64", 8, false},
    {"__s8", 1, true},
    {"__s16", 2, true},
    {"__s32", 4, true},
    {"__s64", 8, true},
    {"__u8", 1, false},
    {"__u16", 2, false},
    {"__u32", 4, false},
    {"__u64", 8, false},
    {"char", 1, true},
    {"signed char", 1, true},
    {"unsigned char", 1, false},
    {"short", 2, true},
    {"unsigned short", 2, false},
    {"int", 4, true},
    {"unsigned", 4, false},
    {"unsigned int", 4, false},
    {"long", 8, true},
    {"unsigned long", 8, false},
    {"long long", 8, true},
    {"unsigned long long", 8, false},
    {"size_t", 8, false},
    {"ssize_t", 8, true},
    {"loff_t", 8, true},
    {"off_t", 8, true},
    {"pid_t", 4, true},
    {"uid_t", 4, false},
    {"gid_t", 4, false},
    {"mode_t", 4, false},
    {"umode_t", 2, false},
    {"dev_t", 4, false},
    {"qid_t", 4, false},
    {"mqd_t", 4, true},
    {"key_t", 4, true},
    {"key_serial_t", 4, true},
    {"clockid_t", 4, true},
    {"timer_t", 4, true},
    {"rwf_t", 4, true},
    {"time_t", 8, true},
    {"uintptr_t", 8, false},
    {"aio_context_t", 8, false},
};

}  // namespace

std::optional<Type> scalar_type(std::string_view name) {
  if (name == "bool") return boolean();
  for (const Row& row : kIntegers)
    if (row.name == name) return integer(row.size, row.is_signed);
  return {};
}

std::vector<std::string> scalar_type_names() {
  std::vector<std::string> names{"bool"};
  for (const Row& row : kIntegers) names.emplace_back(row.name);
  return names;
}

}  // namespace scry::types
