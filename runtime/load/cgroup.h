// Cgroups by their directories.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace scry::runtime {

// The id that programs know the cgroup by, of a directory in a cgroup v2 hierarchy. The Error of another says so.
Result<uint64_t> cgroup_id(const std::string& directory);

}  // namespace scry::runtime
