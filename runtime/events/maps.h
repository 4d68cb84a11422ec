// Maps of the script, read from the kernel and cleared there. Aggregations are gathered over all CPUs; the
// layouts are in types/type.h and plan/plan.h.
#pragma once

#include "base/result.h"
#include "plan/plan.h"
#include "runtime/output/printer.h"

namespace scry::runtime {

// `fd` is the kernel's map for `map`, `cpu_count` the number of possible CPUs. Elements that programs add or
// remove meanwhile may be missing.
Result<MapContent> read_map(const plan::Map& map, int fd, uint32_t cpu_count, const Names& names);

// Removes all elements; a scalar map becomes unset.
Result<void> clear_map(const plan::Map& map, int fd, uint32_t cpu_count);

// Sets the values of all elements to zero; a scalar map is then set.
Result<void> zero_map(const plan::Map& map, int fd, uint32_t cpu_count);

}  // namespace scry::runtime
