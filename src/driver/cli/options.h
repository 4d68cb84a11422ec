// The options of both programs as a table (options.def), and reading an argument vector by it. Knows spellings,
// not meanings: those are in command_line.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scry::driver {

enum class OptionId : uint8_t {
#define OPTION(id, short_name, long_name, value, group, programs, state, summary) id,
#include "driver/cli/options.def"
};

enum class OptionGroup : uint8_t { Script, Process, Output, Look, Compiler };
enum class OptionState : uint8_t { Common, Rare, Planned, Ignored };
enum class Programs : uint8_t { Scry, Both };

struct OptionRow {
  OptionId id;
  std::string_view short_name, long_name;  // with their dashes
  std::string_view value;
  OptionGroup group;
  Programs programs;
  OptionState state;
  std::string_view summary;

  // "-p, --pid PID"
  std::string usage() const;
};

std::span<const OptionRow> options();
const OptionRow& row(OptionId id);
// "What to run", "Output", …
std::string_view title(OptionGroup group);

// Reads arguments in the way of getopt_long: options anywhere, `-lv` is `-l -v`, `-fjson` and `--format=json`
// carry their value, all after `--` is words. Rows of Programs::Scry count only for `program` Scry.
struct ArgumentHandlers {
  std::function<Result<void>(const OptionRow&, const std::string& value)> option;
  std::function<void(const std::string&)> word;
};
Result<void> read_arguments(std::span<const char* const> arguments, Programs program,
                            const ArgumentHandlers& handlers);

}  // namespace scry::driver
