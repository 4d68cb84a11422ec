// How both programs end: with an error on stderr, or with a plan's run.
#pragma once

#include <string_view>

#include "base/result.h"
#include "driver/cli/command_line.h"
#include "plan/plan.h"

namespace scry::driver {

// Is stderr a terminal that wants colours (BPFTRACE_COLOR, NO_COLOR)?
bool wants_color();
// On stderr.
void report(const Error& error);
void report_warning(const Error& error);
// On stdout; the exit status, an error having been reported.
int print(std::string_view text);
// Says which of the given options do nothing yet.
void warn_without_effect(const CommandLine& line);

// Runs the plan, reporting an error; the exit status.
int run_plan(const plan::Plan& plan, const runtime::Options& options);

}  // namespace scry::driver
