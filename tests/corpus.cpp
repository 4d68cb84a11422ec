// scry-corpus FILE...: does every script parse, and does its formatted text parse to the same tree,
// keep its comments and format to itself? Prints what fails and exits with 1. For scripts that are on
// the machine but not in the repository: scripts/test runs it over those that a package installed.
//   --show=tokens|ast|fmt|diag   also prints that of each file
#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

#include "ast/dump.h"
#include "ast/format.h"
#include "base/fd.h"
#include "grammar/parse.h"
#include "parsed.h"

using namespace scry;

namespace {

struct Parsed : tests::Parsed {
  Parsed(std::string name, std::string text) : tests::Parsed(std::move(text), std::move(name)) {}
  std::vector<std::string> comments() const {
    std::vector<std::string> all;
    for (Span span : script->comments) all.emplace_back(trim(sources.text(span)));
    std::sort(all.begin(), all.end());
    return all;
  }
  static std::string_view trim(std::string_view text) {
    while (!text.empty() && std::string_view(" \t\r").find(text.back()) != text.npos)
      text.remove_suffix(1);
    return text;
  }
};

// What is wrong with the script, "" for nothing.
std::string check(const std::string& name, const std::string& text, std::string_view show) {
  const Parsed first(name, text);
  if (show == "tokens") {
    Diagnostics again;
    std::fputs(grammar::dump_tokens(first.sources, FileId::Main, again).c_str(), stdout);
  }
  if (show == "diag")
    std::fputs(diag::render(first.diags, first.sources, {.shows_tags = true}).c_str(), stdout);
  if (show == "ast" && first.script) std::fputs(ast::dump(*first.script).c_str(), stdout);
  if (!first.is_right()) return "does not parse\n" + first.messages();
  const std::string formatted = ast::format(*first.script, first.sources.main());
  if (show == "fmt") std::fputs(formatted.c_str(), stdout);
  const Parsed second(name + " (formatted)", formatted);
  if (!second.is_right())
    return "its formatted text does not parse\n" + second.messages() + formatted;
  if (ast::dump(*first.script) != ast::dump(*second.script))
    return "its formatted text is another tree\n" + formatted;
  if (first.comments() != second.comments()) return "formatting loses comments\n" + formatted;
  const std::string again = ast::format(*second.script, second.sources.main());
  if (again != formatted)
    return "formats to something else the second time\n" + formatted + "---\n" + again;
  return "";
}

}  // namespace

int main(int argc, char** argv) {
  std::string_view show;
  size_t checked = 0, failed = 0;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name.starts_with("--show=")) {
      show = argv[i] + 7;
      continue;
    }
    auto text = read_file(name);
    const std::string trouble = text ? check(name, *text, show) : text.error().message();
    ++checked;
    if (trouble.empty()) continue;
    ++failed;
    std::printf("%s: %s\n", name.c_str(), trouble.c_str());
  }
  std::printf("%zu passed, %zu failed, 0 skipped\n", checked - failed, failed);
  return failed ? 1 : 0;
}
