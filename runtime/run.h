// The life of a run: load, BEGIN probes, attach, events, END probes, maps, detach.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/plan.h"
#include "runtime/output/sink.h"

namespace scry::runtime {

enum class OutputFormat : uint8_t { Text, Json };

struct Options {
  std::vector<std::string> parameters;  // $1 first
  std::optional<int> pid;               // -p
  std::optional<std::string> command;   // -c
  OutputFormat format = OutputFormat::Text;
  bool is_quiet = false;                  // -q
  int verbosity = 0;                      // -v
  std::optional<std::string> output;      // -o: path
  bool is_dry_run = false;                // --dry-run
  bool is_unsafe = false;                 // --unsafe
  Buffering buffering = Buffering::Auto;  // -B
  bool shows_warnings = true;             // false: --no-warnings
  bool shows_verifier_log = false;        // -d verifier: of each program, on standard output
};

// Runs the plan to its end; the exit status.
Result<int> run(const plan::Plan& plan, const Options& options);

}  // namespace scry::runtime
