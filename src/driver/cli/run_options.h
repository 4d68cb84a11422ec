// The options that scry and scry-run share: how to run a plan. Also the one way in which both end with an
// error.
#pragma once

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "runtime/run.h"

namespace scry::driver {

// Registers -p -c -f -o -q -v --dry-run --unsafe on `app`, filling `options`.
void add_run_options(CLI::App& app, runtime::Options& options);

// Adds -V and the look of help: one screen, aligned, with `examples` at the end.
void set_up(CLI::App& app, const std::string& version, const std::string& usage,
            const std::string& examples);

// Parses; a status when the program should end now (help, version, a bad flag: told on stderr).
std::optional<int> parse(CLI::App& app, int argc, char** argv);

// Runs the plan, reporting an error on stderr; the exit status.
int run_plan(const plan::Plan& plan, const runtime::Options& options);

// Is stderr a terminal that wants colours (BPFTRACE_COLOR, NO_COLOR)?
bool wants_color();
void report(const Error& error);

}  // namespace scry::driver
