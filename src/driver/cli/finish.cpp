#include "driver/cli/finish.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string_view>

#include "base/fd.h"
#include "diag/render.h"

namespace scry::driver {

constexpr int kFailed = 1;

bool wants_color() {
  const char* choice = std::getenv("BPFTRACE_COLOR");
  if (choice && std::string_view(choice) == "always") return true;
  if (choice && std::string_view(choice) == "never") return false;
  const char* none = std::getenv("NO_COLOR");
  return (!none || !*none) && ::isatty(STDERR_FILENO) == 1;
}

void report(const Error& error) { std::cerr << diag::render(error, {.has_color = wants_color()}); }

void report_warning(const Error& error) {
  std::cerr << "WARNING: " << error.message() << '\n';
  if (!error.hint.empty()) std::cerr << "HINT: " << error.hint << '\n';
}

int print(std::string_view text) {
  const Result<void> written = write_fd(STDOUT_FILENO, text, "standard output");
  if (written) return 0;
  report(written.error());
  return kFailed;
}

void warn_without_effect(const CommandLine& line) {
  if (!line.run.shows_warnings) return;
  for (const OptionId id : line.without_effect)
    report_warning(
        {fmt::format("option `{}` has no effect yet",
                     row(id).short_name.empty() ? row(id).long_name : row(id).short_name),
         0,
         {}});
}

int run_plan(const plan::Plan& plan, const runtime::Options& options) {
  Result<int> status = runtime::run(plan, options);
  if (status) return *status;
  report(status.error());
  if (options.verbosity > 0 && !status.error().detail.empty())
    std::cerr << status.error().detail << '\n';
  return kFailed;
}

}  // namespace scry::driver
