// scry: compiles a script and runs it; `scry build` writes the plan, `scry fmt` the script's canonical form.
#include <sys/stat.h>

#include <iostream>

#include "base/fd.h"
#include "base/strings.h"
#include "diag/render.h"
#include "driver/cli/command_line.h"
#include "driver/cli/finish.h"
#include "driver/cli/help.h"
#include "driver/compile.h"
#include "driver/describe.h"
#include "driver/info.h"
#include "driver/list/list.h"
#include "grammar/parse.h"
#include "plan/io.h"

namespace {

using namespace scry;
using driver::CommandLine;

constexpr size_t kLargestFile = 16u << 20;  // the parser has its own, lower limit and says so
constexpr int kFailed = 1;

constexpr char kUsage[] =
    R"(scry [OPTIONS] FILE [ARGS]       run a script (`-`: from standard input)
       scry [OPTIONS] -e PROGRAM [ARGS]  run a one-liner
       scry -l [PATTERN]                 list what can be probed
       scry build FILE -o PLAN           compile now, run anywhere with scry-run
       scry fmt FILE                     print a script in its canonical form
)";

constexpr char kExamples[] = R"(
Examples:
  scry -l '*sleep*'                      which probes have to do with sleeping?
  scry -lv tracepoint:syscalls:sys_enter_openat          and what do they tell?
  scry -e 'tracepoint:syscalls:sys_enter_openat {
             printf("%s %s\n", comm, str(args.filename)); }'
              who opens which file
  scry -e 'tracepoint:syscalls:sys_enter_* { @[probe] = count(); }'
              which system calls are made; Ctrl-C ends and shows it
  scry -e 'tracepoint:syscalls:sys_enter_read { @t[tid] = nsecs; }
           tracepoint:syscalls:sys_exit_read /@t[tid]/ {
             @us = hist((nsecs - @t[tid]) / 1000); delete(@t, tid); }'
              how long read() takes, as a histogram
)";

int fail(const Error& error) {
  driver::report(error);
  return kFailed;
}

// An Error if it is no text.
Result<SourceFile> script_of(const std::string& name, std::string text) {
  if (text.find('\0') == text.npos) return SourceFile(name, std::move(text));
  return Error{"`" + name + "` is not a script: it is binary data", 0,
               text.starts_with("\x7f"
                                "ELF")
                   ? "-c runs a program; a compiled plan runs with scry-run"
                   : ""};
}

// The script's source under the name that messages use; takes FILE off the words.
Result<SourceFile> read_source(CommandLine& line) {
  if (line.program) return SourceFile("stdin", *line.program);
  if (line.words.empty())
    return Error{"no script given", 0, "scry FILE, or scry -e 'PROGRAM'; see scry --help"};
  const std::string path = line.words.front();
  line.words.erase(line.words.begin());
  if (path == "-") {
    SCRY_TRY_ASSIGN(std::string text, read_fd(STDIN_FILENO, "standard input", kLargestFile));
    return script_of("stdin", std::move(text));
  }
  Result<std::string> text = read_file(path, kLargestFile);
  if (!text) {
    Error error = text.error();
    // `scry bulid x.bt`: a command misspelled is taken for a script.
    const auto near = nearest(path, {"build", "fmt"});
    if (near && !line.words.empty()) error.hint = "did you mean `scry " + *near + "`?";
    return error;
  }
  return script_of(path, std::move(*text));
}

// What is wrong with the script on stderr; true when there is an error.
bool report(const Diagnostics& diags, const SourceMap& sources, const CommandLine& line) {
  std::cerr << diag::render(diags, sources,
                            {.has_color = driver::wants_color(),
                             .shows_tags = line.run.verbosity > 0,
                             .shows_warnings = line.run.shows_warnings});
  return diags.has_errors();
}

// The stages of --emit and -d.
Result<void> choose_stages(CommandLine& line, driver::CompileOptions& options) {
  if (line.emit) {
    options.emit = driver::find_stage(*line.emit);
    if (!options.emit)
      return Error{"`" + *line.emit + "` is no stage to emit", 0,
                   "stages: " + driver::stage_names()};
  }
  for (const std::string& name : line.debug) {
    using driver::Stage;
    const auto stage = driver::find_stage(name);
    if (name == "verifier" || name == "all") line.run.shows_verifier_log = true;
    if (name == "all")
      options.shown = {Stage::Ast, Stage::Hir, Stage::Llvm, Stage::LlvmOptimized, Stage::Plan};
    else if (stage && stage != Stage::Object)
      options.shown.push_back(*stage);
    else if (name != "verifier")
      return Error{"`" + name + "` is no stage of -d", 0,
                   "stages: all, lex, ast, hir (types), codegen, codegen-opt, plan, verifier"};
  }
  return {};
}

// --emit-elf and --emit-llvm.
Result<void> write_files(const CommandLine& line, const driver::Compiled& compiled) {
  if (line.emit_elf) SCRY_TRY(write_file(*line.emit_elf, compiled.object));
  if (line.emit_llvm) {
    SCRY_TRY(write_file(*line.emit_llvm + ".original.ll", compiled.ir));
    SCRY_TRY(write_file(*line.emit_llvm + ".optimized.ll", compiled.optimized_ir));
  }
  return {};
}

Result<driver::CompileOptions> options_of(const CommandLine& line) {
  driver::CompileOptions options;
  SCRY_TRY_ASSIGN(options.config, lang::environment_config());
  options.kernel_facts = line.kernel_facts;
  options.is_unsafe = line.run.is_unsafe;
  options.tells_failures = line.tells_failures;
  options.verifies_llvm = line.verifies_llvm;
  options.keeps_files = line.emit_elf || line.emit_llvm;
  return options;
}

// The script's plan; what else the line asks of the compiler is printed and written on the way. Null when that was
// all, or after an error: then `status` is the program's.
std::optional<driver::Compiled> compile_script(CommandLine& line, SourceFile source,
                                               std::optional<std::vector<std::string>> parameters,
                                               int& status) {
  const auto end = [&](int with) {
    status = with;
    return std::nullopt;
  };
  auto options = options_of(line);
  if (!options) return end(fail(options.error()));
  if (Result<void> chosen = choose_stages(line, *options); !chosen)
    return end(fail(chosen.error()));
  options->parameters = std::move(parameters);
  SourceMap sources;
  sources.add(std::move(source));
  Diagnostics diags;
  driver::Compiled compiled = driver::compile(sources, *options, diags);
  if (driver::print(compiled.dumps) != 0 || report(diags, sources, line)) return end(kFailed);
  if (Result<void> written = write_files(line, compiled); !written)
    return end(fail(written.error()));
  if (line.emit || line.emit_elf || (line.emit_llvm && line.run.is_dry_run)) return end(0);
  if (line.does_round_trip) {
    auto again = plan::read(plan::write(*compiled.plan), "the plan");
    if (!again) return end(fail(again.error()));
    compiled.plan = std::move(*again);
  }
  driver::warn_without_effect(line);
  return compiled;
}

int run_script(CommandLine& line) {
  Result<SourceFile> source = read_source(line);
  if (!source) return fail(source.error());
  line.run.parameters = line.words;
  int status = 0;
  const auto compiled = compile_script(line, std::move(*source), line.words, status);
  return compiled ? driver::run_plan(*compiled->plan, line.run) : status;
}

int build(CommandLine& line) {
  if (!line.run.output)
    return fail({"scry build needs -o", 0, "scry build SCRIPT -o PLAN; run it with scry-run PLAN"});
  Result<SourceFile> source = read_source(line);
  if (!source) return fail(source.error());
  if (!line.words.empty())
    return fail({"`" + line.words.front() + "` is one too many", 0,
                 "parameters are given when the plan runs: scry-run PLAN ARGS"});
  int status = 0;
  const auto compiled = compile_script(line, std::move(*source), std::nullopt, status);
  if (!compiled) return status;
  if (Result<void> written = write_file(*line.run.output, plan::write(*compiled->plan)); !written)
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
  if (report(diags, sources, line)) return kFailed;
  return driver::print(*text);
}

// The patterns of -l: its words, or the attach points of -e or of a script among the words.
Result<std::vector<std::string>> list_patterns(CommandLine& line) {
  struct stat file;
  const bool is_script = !line.words.empty() && ::stat(line.words.front().c_str(), &file) == 0 &&
                         S_ISREG(file.st_mode);
  if (!line.program && !is_script) return line.words;
  SCRY_TRY_ASSIGN(SourceFile source, read_source(line));
  SourceMap sources;
  sources.add(std::move(source));
  Diagnostics diags;
  const auto script = grammar::parse(sources, FileId::Main, diags);
  if (report(diags, sources, line) || !script)
    return Error{"no probes can be listed of a script with mistakes", 0, {}};
  return driver::patterns_of(*script);
}

int list(CommandLine& line) {
  auto patterns = list_patterns(line);
  if (!patterns) return fail(patterns.error());
  const bool is_of_nothing = patterns->empty() && line.program;
  const auto facts = kernel::make_live();
  driver::ListOptions options{*patterns, line.run.verbosity > 0, line.run.pid};
  const driver::Listing listing = is_of_nothing ? driver::Listing{} : driver::list(options, *facts);
  if (driver::print(listing.text) != 0) return kFailed;
  for (const Error& trouble : listing.troubles) driver::report_warning(trouble);
  if (listing.is_empty() && listing.troubles.empty() && !line.program)
    for (const std::string& pattern : options.patterns)
      driver::report_warning(driver::nothing_matches(pattern));
  return 0;
}

int show_info() {
  const auto facts = kernel::make_live();
  kernel::Features features(*facts);
  return driver::print(driver::info_page(features));
}

int execute(CommandLine& line, int (*command)(CommandLine&)) {
  if (line.wants_help)
    return driver::print(
        help_page({kUsage, kExamples}, driver::Programs::Scry, line.run.verbosity > 0));
  if (line.wants_version) return driver::print("scry v" SCRY_VERSION "\n");
  if (line.wants_describe) return driver::print(driver::description());
  if (line.wants_info) return show_info();
  if (line.wants_list) command = list;
  if (line.wants_format) command = format;
  return command(line);
}

}  // namespace

int main(int argc, char** argv) {
  fill_standard_descriptors();
  std::span<const char* const> arguments(argv + (argc > 0), argv + argc);
  // The first word chooses; a script named `build` is run as ./build.
  const std::string_view word = arguments.empty() ? "" : arguments.front();
  int (*command)(CommandLine&) = run_script;
  if (word == "build") command = build;
  if (word == "fmt") command = format;
  if (command != run_script) arguments = arguments.subspan(1);
  Result<CommandLine> line = driver::read_command_line(arguments, driver::Programs::Scry);
  return line ? execute(*line, command) : fail(line.error());
}
