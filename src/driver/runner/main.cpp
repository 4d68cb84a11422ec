// scry-run: runs a compiled plan. Neither LLVM nor the parser is linked in.
#include "base/fd.h"
#include "driver/cli/command_line.h"
#include "driver/cli/finish.h"
#include "driver/cli/help.h"
#include "plan/io.h"

namespace {

using namespace scry;

constexpr size_t kLargestPlan = 256u << 20;

constexpr char kUsage[] = "scry-run [OPTIONS] PLAN [ARGS]   run a compiled plan\n";

constexpr char kExamples[] = R"(
A plan is made by `scry build SCRIPT -o FILE`, on this machine or another:
  scry build opens.bt -o opens.scry
  scry-run opens.scry
)";

Result<plan::Plan> read_plan(const std::string& path) {
  SCRY_TRY_ASSIGN(const std::string bytes, read_file(path, kLargestPlan));
  return plan::read(bytes, path);
}

int fail(const Error& error) {
  driver::report(error);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  fill_standard_descriptors();
  Result<driver::CommandLine> line =
      driver::read_command_line({argv + (argc > 0), argv + argc}, driver::Programs::Both);
  if (!line) return fail(line.error());
  if (line->wants_help)
    return driver::print(
        help_page({kUsage, kExamples}, driver::Programs::Both, line->run.verbosity > 0));
  if (line->wants_version) return driver::print("scry-run v" SCRY_VERSION "\n");
  if (line->words.empty()) return fail({"no plan given", 0, "scry-run PLAN; see scry-run --help"});
  Result<plan::Plan> plan = read_plan(line->words.front());
  if (!plan) return fail(plan.error());
  line->run.parameters.assign(line->words.begin() + 1, line->words.end());
  driver::warn_without_effect(*line);
  return driver::run_plan(*plan, line->run);
}
