// scry-run: runs a compiled plan. Neither LLVM nor the parser is linked in.
#include "base/fd.h"
#include "driver/cli/run_options.h"
#include "plan/io.h"

namespace {

constexpr size_t kLargestPlan = 256u << 20;

constexpr char kExamples[] = R"(
A plan is made by `scry build SCRIPT -o FILE`, on this machine or another:
  scry build opens.bt -o opens.scry
  scry-run opens.scry)";

}  // namespace

int main(int argc, char** argv) {
  using namespace scry;
  CLI::App app("scry-run: runs a compiled scry plan", "scry-run");
  runtime::Options options;
  std::string path;
  app.add_option("PLAN", path, "the compiled plan")->required();
  app.add_option("ARGS", options.parameters, "the script's parameters: $1, $2, …");
  driver::add_run_options(app, options);
  driver::set_up(app, "scry-run " SCRY_VERSION, "scry-run [OPTIONS] PLAN [ARGS]", kExamples);
  if (const auto status = driver::parse(app, argc, argv)) return *status;

  Result<std::string> bytes = read_file(path, kLargestPlan);
  if (!bytes) return driver::report(bytes.error()), 1;
  Result<plan::Plan> plan = plan::read(*bytes, path);
  if (!plan) return driver::report(plan.error()), 1;
  return driver::run_plan(*plan, options);
}
