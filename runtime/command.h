// A command of the shell, run to its end: what system() does.
#pragma once

#include <string>

#include "base/result.h"

namespace scry::runtime {

struct CommandResult {
  std::string output;  // its standard output and error
  int status = 0;      // exit code, or 128 and the number of the signal that ended it
};

// Waits for `sh -c command`.
Result<CommandResult> run_command(const std::string& command);

}  // namespace scry::runtime
