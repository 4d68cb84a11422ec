// What the user asked for: the arguments of either program, understood as far as that needs neither script nor
// kernel.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "driver/cli/options.h"
#include "runtime/run.h"

namespace scry::driver {

struct CommandLine {
  runtime::Options run;
  std::vector<std::string> words;  // the script and its parameters; -l's patterns

  bool wants_help = false;      // -h
  bool wants_version = false;   // -V
  bool wants_info = false;      // --info
  bool wants_describe = false;  // --describe
  bool wants_list = false;      // -l
  bool wants_format = false;    // --fmt

  std::optional<std::string> program;       // -e
  std::optional<std::string> emit;          // --emit: a stage
  std::vector<std::string> debug;           // -d: stages
  std::optional<std::string> emit_elf;      // path
  std::optional<std::string> emit_llvm;     // path without its endings
  bool tells_failures = false;              // -k
  bool verifies_llvm = false;               // --verify-llvm-ir
  std::optional<std::string> kernel_facts;  // --kernel-facts: a directory
  bool does_round_trip = false;             // --roundtrip

  // Options given that mean nothing yet: told before a run.
  std::vector<OptionId> without_effect;
};

// `arguments` without the program's name. An Error is a usage error.
Result<CommandLine> read_command_line(std::span<const char* const> arguments, Programs program);

}  // namespace scry::driver
