#include "driver/cli/options.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace scry::driver {

namespace {

constexpr OptionRow kRows[] = {
#define OPTION(id, short_name, long_name, value, group, programs, state, summary) \
  {OptionId::id,       short_name,         long_name,          value,             \
   OptionGroup::group, Programs::programs, OptionState::state, summary},
#include "driver/cli/options.def"
};

class Reader {
 public:
  Reader(std::span<const char* const> arguments, Programs program, const ArgumentHandlers& handlers)
      : arguments_(arguments), program_(program), handlers_(handlers) {}

  Result<void> read() {
    while (next_ < arguments_.size()) {
      const std::string argument = arguments_[next_++];
      if (argument == "--") {
        while (next_ < arguments_.size()) handlers_.word(arguments_[next_++]);
      } else if (argument.starts_with("--")) {
        SCRY_TRY(read_long(argument));
      } else if (argument.size() > 1 && argument[0] == '-') {
        SCRY_TRY(read_cluster(argument));
      } else {
        handlers_.word(argument);
      }
    }
    return {};
  }

 private:
  const OptionRow* find(std::string_view spelling) const {
    for (const OptionRow& r : kRows)
      if (is_ours(r) && (r.short_name == spelling || r.long_name == spelling)) return &r;
    return nullptr;
  }

  bool is_ours(const OptionRow& r) const {
    return program_ == Programs::Scry || r.programs == Programs::Both;
  }

  Result<void> read_long(const std::string& argument) {
    const size_t equals = argument.find('=');
    const std::string spelling = argument.substr(0, equals);
    const OptionRow* row = find(spelling);
    if (!row) return unknown(spelling);
    if (equals == argument.npos) return hand_over(*row, spelling);
    if (row->value.empty())
      return Error{"option `" + spelling + "` takes no value", 0, row->usage()};
    return handlers_.option(*row, argument.substr(equals + 1));
  }

  Result<void> read_cluster(const std::string& argument) {
    for (size_t i = 1; i < argument.size(); ++i) {
      const std::string spelling = {'-', argument[i]};
      const OptionRow* row = find(spelling);
      if (!row) return unknown(i == 1 ? argument : spelling);
      if (!row->value.empty() && i + 1 < argument.size())
        return handlers_.option(*row, argument.substr(i + 1));
      SCRY_TRY(hand_over(*row, spelling));
    }
    return {};
  }

  // Its value, if it takes one, is the next argument, whatever that looks like.
  Result<void> hand_over(const OptionRow& row, const std::string& spelling) {
    if (row.value.empty()) return handlers_.option(row, "");
    if (next_ == arguments_.size())
      return Error{"option `" + spelling + "` needs a value", 0, row.usage()};
    return handlers_.option(row, arguments_[next_++]);
  }

  Error unknown(const std::string& spelling) const {
    std::vector<std::string> spellings;
    for (const OptionRow& r : kRows)
      if (is_ours(r) && !r.long_name.empty()) spellings.emplace_back(r.long_name);
    // One dash too few: -pid.
    const std::string word = spelling.starts_with("--") ? spelling : "-" + spelling;
    std::string hint = "-h shows the options";
    if (const auto near = nearest(word, spellings); near && word.size() > 3)
      hint = "did you mean `" + *near + "`? " + hint;
    return Error{"unknown option `" + spelling + "`", 0, hint};
  }

  std::span<const char* const> arguments_;
  Programs program_;
  const ArgumentHandlers& handlers_;
  size_t next_ = 0;
};

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
  return Reader(arguments, program, handlers).read();
}

}  // namespace scry::driver
