#include "driver/cli/command_line.h"

#include <limits>

#include "base/strings.h"

namespace scry::driver {

namespace {

Error not_one_of(std::string_view option, const std::string& value, std::string_view choices) {
  return Error{"`" + value + "` is no value of " + std::string(option), 0,
               "it is one of: " + std::string(choices)};
}

Result<void> set_pid(CommandLine& line, const std::string& value) {
  const auto pid = parse_integer(value);
  if (!pid || *pid <= 0 || *pid > std::numeric_limits<int>::max())
    return Error{"`" + value + "` is no process id", 0, "-p takes a positive number"};
  line.run.pid = static_cast<int>(*pid);
  return {};
}

Result<void> set_format(CommandLine& line, const std::string& value) {
  if (value != "text" && value != "json") return not_one_of("-f", value, "text, json");
  line.run.format = value == "json" ? runtime::OutputFormat::Json : runtime::OutputFormat::Text;
  return {};
}

Result<void> set_buffering(CommandLine& line, const std::string& value) {
  using runtime::Buffering;
  if (value == "line")
    line.run.buffering = Buffering::Line;
  else if (value == "full")
    line.run.buffering = Buffering::Full;
  else if (value == "none")
    line.run.buffering = Buffering::None;
  else
    return not_one_of("-B", value, "line, full, none");
  return {};
}

Result<void> check_features(const std::string& value) {
  for (const std::string& name : split(value, ','))
    if (name != "kprobe_multi" && name != "kprobe_session" && name != "uprobe_multi")
      return not_one_of("--no-feature", name, "kprobe_multi, kprobe_session, uprobe_multi");
  return {};
}

// The meaning of one option.
Result<void> apply(OptionId id, const std::string& value, CommandLine& line) {
  switch (id) {
    case OptionId::Program: line.program = value; break;
    case OptionId::Unsafe: line.run.is_unsafe = true; break;
    case OptionId::IncludeDirectory:
    case OptionId::IncludeFile: break;
    case OptionId::NoFeature: return check_features(value);
    case OptionId::Btf:
    case OptionId::TraceableFunctions: break;
    case OptionId::Pid: return set_pid(line, value);
    case OptionId::Command: line.run.command = value; break;
    case OptionId::UsdtFileActivation: break;
    case OptionId::Format: return set_format(line, value);
    case OptionId::Output: line.run.output = value; break;
    case OptionId::Buffering: return set_buffering(line, value);
    case OptionId::Quiet: line.run.is_quiet = true; break;
    case OptionId::Verbose: ++line.run.verbosity; break;
    case OptionId::Warnings:
      if (line.tells_failures)
        return Error{
            "USAGE: -kk has been deprecated. Use a single -k for runtime warnings for "
            "errors in map lookups and probe reads.",
            0,
            {}};
      line.tells_failures = true;
      break;
    case OptionId::NoWarnings: line.run.shows_warnings = false; break;
    case OptionId::List: line.wants_list = true; break;
    case OptionId::Info: line.wants_info = true; break;
    case OptionId::DryRun: line.run.is_dry_run = true; break;
    case OptionId::Describe: line.wants_describe = true; break;
    case OptionId::Help: line.wants_help = true; break;
    case OptionId::Version: line.wants_version = true; break;
    case OptionId::Debug:
      for (std::string& stage : split(value, ',')) line.debug.push_back(std::move(stage));
      break;
    case OptionId::Emit: line.emit = value; break;
    case OptionId::EmitElf: line.emit_elf = value; break;
    case OptionId::EmitLlvm: line.emit_llvm = value; break;
    case OptionId::VerifyLlvm: line.verifies_llvm = true; break;
    case OptionId::KernelFacts: line.kernel_facts = value; break;
    case OptionId::RoundTrip: line.does_round_trip = true; break;
    case OptionId::Fmt: line.wants_format = true; break;
  }
  return {};
}

}  // namespace

Result<CommandLine> read_command_line(std::span<const char* const> arguments, Programs program) {
  CommandLine line;
  const ArgumentHandlers handlers{
      [&](const OptionRow& row, const std::string& value) -> Result<void> {
        if (row.state == OptionState::Planned) line.without_effect.push_back(row.id);
        return apply(row.id, value, line);
      },
      [&](const std::string& word) { line.words.push_back(word); }};
  SCRY_TRY(read_arguments(arguments, program, handlers));
  if (line.wants_help || line.wants_version) return line;
  if (line.tells_failures && !line.run.shows_warnings)
    return Error{"USAGE: -k, --warnings conflicts with --no-warnings", 0, {}};
  if (line.run.pid && line.run.command)
    return Error{"-p and -c exclude each other", 0, "trace a running process, or start one"};
  return line;
}

}  // namespace scry::driver
