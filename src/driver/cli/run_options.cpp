#include "driver/cli/run_options.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "base/strings.h"
#include "diag/render.h"

namespace scry::driver {

namespace {

constexpr int kUsageError = 1;

// Every spelling of the app's options, for did-you-mean.
std::vector<std::string> spellings(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

// CLI11's parse errors in our frame.
void report_usage(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  std::string hint = fmt::format("see {} --help", app.get_name());
  if (error.get_name() == "ExtrasError")
    for (int i = 1; i < argc; ++i) {
      const std::string word = argv[i];
      if (!word.starts_with("-") || app.get_option_no_throw(word.substr(0, word.find('='))) != nullptr) continue;
      if (const auto near = nearest(word, spellings(app))) hint = "did you mean `" + *near + "`? " + hint;
      report(Error{"unknown option `" + word + "`", 0, hint});
      return;
    }
  report(Error{error.what(), 0, hint});
}

}  // namespace

void add_run_options(CLI::App& app, runtime::Options& options) {
  const std::map<std::string, runtime::OutputFormat> formats = {{"text", runtime::OutputFormat::Text},
                                                                {"json", runtime::OutputFormat::Json}};
  app.add_option("-p,--pid", options.pid, "trace this process; its end ends the run")
      ->type_name("PID")
      ->check(CLI::PositiveNumber.description(""));
  app.add_option("-c,--cmd", options.command, "start COMMAND, trace it; its end ends the run")
      ->type_name("COMMAND");
  app.add_option_function<std::string>(
         "-f,--format",
         [&options, formats](const std::string& name) {
           const auto found = formats.find(name);
           if (found == formats.end())
             throw CLI::ValidationError("-f", "`" + name + "` is no output format; it is text or json");
           options.format = found->second;
         },
         "text (default), or json: one object a line")
      ->type_name("FORMAT");
  app.add_option("-o,--output", options.output, "write to FILE, not to standard output")->type_name("FILE");
  app.add_flag("-q,--quiet", options.is_quiet, "no `Attached N probes`");
  app.add_flag("-v,--verbose", options.verbosity, "say what is done, and the tags of messages");
  app.add_flag("--dry-run", options.is_dry_run, "load and attach, then end");
  app.add_flag("--unsafe", options.is_unsafe, "allow functions that change the system");
}

namespace {

// CLI11's help with our usage lines; positional words are explained there.
class HelpFormatter final : public CLI::Formatter {
 public:
  explicit HelpFormatter(std::string usage) : usage_(std::move(usage)) { column_width(24); }
  std::string make_usage(const CLI::App*, std::string) const override {
    return "Usage: " + usage_ + "\n";
  }
  std::string make_positionals(const CLI::App*) const override { return ""; }

 private:
  std::string usage_;
};

}  // namespace

void set_up(CLI::App& app, const std::string& version, const std::string& usage,
            const std::string& examples) {
  app.set_version_flag("-V,--version", version, "the version");
  app.set_help_flag("-h,--help", "this page");
  app.formatter(std::make_shared<HelpFormatter>(usage));
  app.footer(examples);
}

std::optional<int> parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return 0;
  } catch (const CLI::CallForVersion& version) {
    std::cout << version.what() << '\n';
    return 0;
  } catch (const CLI::ParseError& error) {
    report_usage(app, error, argc, argv);
    return kUsageError;
  }
  if (app.count("--pid") > 0 && app.count("--cmd") > 0) {
    report(Error{"-p and -c exclude each other", 0, "trace a running process, or start one"});
    return kUsageError;
  }
  return {};
}

bool wants_color() {
  const char* choice = std::getenv("BPFTRACE_COLOR");
  if (choice && std::string_view(choice) == "always") return true;
  if (choice && std::string_view(choice) == "never") return false;
  const char* none = std::getenv("NO_COLOR");
  return (!none || !*none) && ::isatty(STDERR_FILENO) == 1;
}

void report(const Error& error) {
  std::cerr << diag::render(error, {.has_color = wants_color()});
}

int run_plan(const plan::Plan& plan, const runtime::Options& options) {
  Result<int> status = runtime::run(plan, options);
  if (status) return *status;
  report(status.error());
  if (options.verbosity > 0 && !status.error().detail.empty()) std::cerr << status.error().detail << '\n';
  return kUsageError;
}

}  // namespace scry::driver
