// scry: compiles a script and runs it; `scry build` writes the plan, `scry fmt` the script's canonical form.
#include <iostream>

#include "driver/compile.h"
#include "base/fd.h"
#include "diag/render.h"
#include "driver/cli/run_options.h"
#include "plan/io.h"

namespace {

using namespace scry;

constexpr size_t kLargestFile = 16u << 20;  // the parser has its own, lower limit and says so

constexpr char kUsage[] = R"(scry [OPTIONS] FILE [ARGS]       run a script (`-`: from standard input)
       scry [OPTIONS] -e PROGRAM [ARGS]  run a one-liner
       scry build FILE -o PLAN           compile now, run anywhere with scry-run
       scry fmt FILE                     print a script in its canonical form)";

constexpr char kExamples[] = R"(
Examples:
  scry -e 'tracepoint:syscalls:sys_enter_openat { printf("%s %s\n", comm, str(args.filename)); }'
      who opens which file
  scry -e 'tracepoint:syscalls:sys_enter_* { @[probe] = count(); } interval:s:5 { exit(); }'
      which system calls are made in five seconds
  scry -e 'tracepoint:syscalls:sys_enter_read { @t[tid] = nsecs; }
           tracepoint:syscalls:sys_exit_read /@t[tid]/ { @us = hist((nsecs - @t[tid]) / 1000); }'
      how long read() takes, as a histogram; Ctrl-C shows it)";

struct CommandLine {
  runtime::Options run;
  std::optional<std::string> program;  // -e
  std::vector<std::string> words;      // FILE and ARGS
  std::optional<std::string> emit;
  bool does_round_trip = false;
};

// The script's source under the name that messages use; takes FILE off the words.
Result<SourceFile> read_source(CommandLine& line) {
  if (line.program) return SourceFile("stdin", *line.program);
  if (line.words.empty())
    return Error{"no script given", 0, "scry FILE, or scry -e 'PROGRAM'; see scry --help"};
  const std::string path = line.words.front();
  line.words.erase(line.words.begin());
  if (path == "-") {
    SCRY_TRY_ASSIGN(std::string text, read_fd(STDIN_FILENO, "standard input", kLargestFile));
    return SourceFile("stdin", std::move(text));
  }
  SCRY_TRY_ASSIGN(std::string text, read_file(path, kLargestFile));
  return SourceFile(path, std::move(text));
}

// What is wrong with the script on stderr; true when there is an error.
bool report(const Diagnostics& diags, const SourceMap& sources, bool shows_tags) {
  std::cerr << diag::render(diags, sources,
                            {.has_color = driver::wants_color(), .shows_tags = shows_tags});
  return diags.has_errors();
}

int fail(const Error& error) {
  driver::report(error);
  return 1;
}

Result<plan::Plan> round_trip(const plan::Plan& plan) { return plan::read(plan::write(plan), "the plan"); }

int run_script(CommandLine& line) {
  Result<SourceFile> source = read_source(line);
  if (!source) return fail(source.error());
  driver::CompileOptions options;
  if (line.emit) {
    options.emit = driver::find_stage(*line.emit);
    if (!options.emit)
      return fail({"`" + *line.emit + "` is no stage to emit", 0, "stages: " + driver::stage_names()});
  }
  line.run.parameters = line.words;
  options.parameters = line.words;
  SourceMap sources;
  sources.add(std::move(*source));
  Diagnostics diags;
  driver::Compiled compiled = driver::compile(sources, options, diags);
  if (report(diags, sources, line.run.verbosity > 0)) return 1;
  if (line.emit) {
    std::cout << compiled.emitted;
    return 0;
  }
  if (line.does_round_trip) {
    Result<plan::Plan> again = round_trip(*compiled.plan);
    if (!again) return fail(again.error());
    compiled.plan = std::move(*again);
  }
  return driver::run_plan(*compiled.plan, line.run);
}

int build(CommandLine& line) {
  if (!line.run.output)
    return fail({"scry build needs -o", 0, "scry build SCRIPT -o PLAN; run it with scry-run PLAN"});
  Result<SourceFile> source = read_source(line);
  if (!source) return fail(source.error());
  SourceMap sources;
  sources.add(std::move(*source));
  Diagnostics diags;
  driver::CompileOptions options;
  if (!line.words.empty())
    return fail({"`" + line.words.front() + "` is one too many", 0,
                 "parameters are given when the plan runs: scry-run PLAN ARGS"});
  const driver::Compiled compiled = driver::compile(sources, options, diags);
  if (report(diags, sources, line.run.verbosity > 0)) return 1;
  if (Result<void> written = write_file(*line.run.output, plan::write(*compiled.plan)); !written)
    return fail(written.error());
  return 0;
}

int format(CommandLine& line) {
  Result<SourceFile> source = read_source(line);
  if (!source) return fail(source.error());
  SourceMap sources;
  sources.add(std::move(*source));
  Diagnostics diags;
  const std::optional<std::string> text = driver::format(sources, diags);
  if (report(diags, sources, line.run.verbosity > 0)) return 1;
  std::cout << *text;
  return 0;
}

// The first word chooses; a script named `build` is run as ./build.
int (*choose_command(int argc, char** argv))(CommandLine&) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "build") return build;
  if (word == "fmt") return format;
  return run_script;
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  const auto command = choose_command(argc, argv);
  CLI::App app("scry: see inside the kernel and running programs", "scry");
  app.add_option("-e", line.program, "the script's text, instead of FILE")
      ->type_name("PROGRAM")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("FILE", line.words, "the script, then its parameters: $1, $2, …");
  driver::add_run_options(app, line.run);
  app.add_option("--emit", line.emit, "print what a stage of the compiler makes:\n" + driver::stage_names())
      ->type_name("STAGE");
  app.add_flag("--roundtrip", line.does_round_trip, "write the plan and read it back before the run");
  driver::set_up(app, "scry " SCRY_VERSION, kUsage, kExamples);
  if (command != run_script) ++argv, --argc;
  if (const auto status = driver::parse(app, argc, argv)) return *status;
  return command(line);
}
