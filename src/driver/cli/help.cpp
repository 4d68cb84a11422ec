#include "driver/cli/help.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "lang/config.h"

namespace scry::driver {

namespace {

constexpr size_t kColumn = 24;  // where summaries begin
constexpr size_t kWidth = 80;

// `text` broken into lines that end before kWidth; the first begins at kColumn, and so do the others.
std::string wrap(std::string_view text) {
  std::string out;
  while (kColumn + text.size() > kWidth) {
    const size_t space = text.rfind(' ', kWidth - kColumn);
    if (space == text.npos) break;
    out += fmt::format("{}\n{:{}}", text.substr(0, space), "", kColumn);
    text.remove_prefix(space + 1);
  }
  return out + std::string(text) + "\n";
}

std::string line_of(const OptionRow& row) {
  // Long names without a short one stand under the other long names.
  const std::string usage = (row.short_name.empty() ? "    " : "") + row.usage();
  std::string summary(row.summary);
  if (row.state == OptionState::Planned) summary += " (no effect yet)";
  if (row.state == OptionState::Ignored) summary = "(accepted, needless: " + summary + ")";
  const bool is_long = usage.size() + 4 > kColumn;
  std::string out = "  " + usage;
  if (is_long)
    out += fmt::format("\n{:{}}", "", kColumn);
  else
    out.append(kColumn - out.size(), ' ');
  return out + wrap(summary);
}

std::string config_section() {
  std::string out =
      "\nConfiguration (config = { KEY = VALUE } in a script, or BPFTRACE_KEY=VALUE):\n";
  for (const lang::ConfigRow& row : lang::config_rows()) {
    const std::string key = std::string("  ") + row.name;
    out += key.size() >= kColumn ? fmt::format("{}\n{:{}}", key, "", kColumn)
                                 : fmt::format("{:<{}}", key, kColumn);
    std::string text = row.summary;
    if (row.type == lang::ConfigType::Choice)
      text += std::string("; ") + join(split(row.values, '|'), ", ");
    out += wrap(fmt::format("{} ({})", text, row.initial));
  }
  return out;
}

}  // namespace

std::string help_page(const HelpText& text, Programs program, bool is_full) {
  std::string page = "Usage: " + text.usage;
  OptionGroup group = OptionGroup::Compiler;
  for (const OptionRow& row : options()) {
    if (program == Programs::Both && row.programs != Programs::Both) continue;
    if (!is_full && row.state != OptionState::Common) continue;
    if (row.group != group) {
      page +=
          fmt::format("{}{}:\n", page.ends_with("\n\n") || !is_full ? "" : "\n", title(row.group));
      group = row.group;
    }
    page += line_of(row);
  }
  if (is_full) page += config_section();
  return page + text.examples;
}

}  // namespace scry::driver
