// From what a user writes for a program or library to the path of a file: paths, commands found through
// PATH, libraries by name through ld.so.cache, a process's own executable.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace scry::target {

// `name` as it stands in an attach point; `pid` is the process of -p or -c: its executable stands for an
// empty name, and where it sees other files than we do (a container), paths are taken in its root.
Result<std::string> resolve_binary(const std::string& name, std::optional<pid_t> pid);

// All files that a name with `*` means, each once: of a pattern with a `/` those that exist, else those that
// running processes – with `pid` that one – have mapped as code. Without `*` what resolve_binary() gives.
Result<std::vector<std::string>> resolve_binaries(const std::string& name,
                                                  std::optional<pid_t> pid);

// The path of a command: with a `/` as it stands, else the first executable of that name in PATH.
std::optional<std::string> find_command(const std::string& name);

// The path of a library: "libc" (any version), "libssl.so.3". From the bytes of ld.so.cache.
std::optional<std::string> find_library(const std::string& name, const std::string& cache);

}  // namespace scry::target
