#include "driver/cli/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/strings.h"

namespace scry::driver {

namespace {

constexpr OptionRow kRows[] = {
#define OPTION(id, short_name, long_name, value, group, programs, state, summary) \
  {OptionId::id,       short_name,         long_name,          value,             \
   OptionGroup::group, Programs::programs, OptionState::state, summary},
#include "driver/cli/options.def"
};

bool is_ours(const OptionRow& row, Programs program) {
  return program == Programs::Scry || row.programs == Programs::Both;
}

Error unknown(const std::string& argument, Programs program) {
  const std::string spelling = argument.substr(0, argument.find('=', 2));
  std::vector<std::string> spellings;
  for (const OptionRow& r : kRows)
    if (is_ours(r, program) && !r.long_name.empty()) spellings.emplace_back(r.long_name);
  // One dash too few: -pid.
  const std::string word = spelling.starts_with("--") ? spelling : "-" + spelling;
  std::string hint = "-h shows the options";
  if (const auto near = nearest(word, spellings); near && word.size() > 3)
    hint = "did you mean `" + *near + "`? " + hint;
  return Error{"unknown option `" + spelling + "`", 0, hint};
}

// CLI11's words for both ways to get a value wrong begin with the option's name, in one with its dashes.
Error wrong_value(const CLI::ArgumentMismatch& mismatch, const CLI::App& app) {
  const std::string message = mismatch.what();
  for (const OptionRow& r : kRows) {
    const std::string name(r.long_name.empty() ? r.short_name : r.long_name);
    const CLI::Option* option = app.get_option_no_throw(name);
    if (!option || message.substr(0, message.find_first_of(": ")) !=
                       (r.value.empty() ? option->get_single_name() : option->get_name()))
      continue;
    const char* wrong = r.value.empty() ? "` takes no value" : "` needs a value";
    return Error{"option `" + name + wrong, 0, r.usage()};
  }
  return Error{message, 0, "-h shows the options"};
}

}  // namespace

std::string OptionRow::usage() const {
  std::string text(short_name);
  if (!short_name.empty() && !long_name.empty()) text += ", ";
  text += long_name;
  if (!value.empty()) text += fmt::format(" {}", value);
  return text;
}

std::span<const OptionRow> options() { return kRows; }

const OptionRow& row(OptionId id) { return kRows[static_cast<size_t>(id)]; }

std::string_view title(OptionGroup group) {
  switch (group) {
    case OptionGroup::Script: return "What to run";
    case OptionGroup::Process: return "Which processes";
    case OptionGroup::Output: return "Output";
    case OptionGroup::Look: return "Looking around";
    case OptionGroup::Compiler: return "The compiler";
  }
  return "";
}

Result<void> read_arguments(std::span<const char* const> arguments, Programs program,
                            const ArgumentHandlers& handlers) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  Result<void> outcome;
  for (const OptionRow& row : kRows) {
    if (!is_ours(row, program)) continue;
    std::string spellings(row.short_name);
    if (!row.short_name.empty() && !row.long_name.empty()) spellings += ',';
    spellings += row.long_name;
    const auto hand_over = [&handlers, &outcome, &row](const std::string& value) {
      if (outcome) outcome = handlers.option(row, value);
    };
    if (row.value.empty()) {
      app.add_flag_function(spellings,
                            [hand_over](int64_t times) {
                              while (times-- > 0) hand_over("");
                            })
          ->disable_flag_override();
    } else {
      app.add_option_function<std::vector<std::string>>(
             spellings,
             [hand_over](const std::vector<std::string>& values) {
               for (const std::string& value : values) hand_over(value);
             })
          ->expected(-1)
          ->allow_extra_args(false);
    }
  }
  try {
    // CLI11 takes them from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ArgumentMismatch& mismatch) {
    return wrong_value(mismatch, app);
  } catch (const CLI::ParseError& error) {
    return Error{error.what(), 0, "-h shows the options"};
  }
  // What is left over is words, and options that we do not know.
  std::vector<std::string> words;
  std::vector<std::string> left_over = app.remaining();
  bool are_words_only = false;
  for (std::string& rest : left_over) {
    const bool is_option = rest.size() > 1 && rest[0] == '-' && !are_words_only;
    if (is_option && rest != "--") return unknown(rest, program);
    if (is_option)
      are_words_only = true;
    else
      words.push_back(std::move(rest));
  }
  SCRY_TRY(std::move(outcome));
  for (const std::string& word : words) handlers.word(word);
  return {};
}

}  // namespace scry::driver
