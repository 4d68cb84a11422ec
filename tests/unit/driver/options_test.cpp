#include "driver/cli/options.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "driver/cli/command_line.h"
#include "driver/cli/help.h"

using namespace scry;
using namespace scry::driver;

namespace {

Result<CommandLine> read(std::vector<const char*> arguments, Programs program = Programs::Scry) {
  return read_command_line(arguments, program);
}

CommandLine understood(std::vector<const char*> arguments) {
  auto line = read(std::move(arguments));
  REQUIRE(line);
  return std::move(line).value();
}

Error refused(std::vector<const char*> arguments, Programs program = Programs::Scry) {
  auto line = read(std::move(arguments), program);
  REQUIRE_FALSE(line);
  return line.error();
}

}  // namespace

TEST_CASE("spellings are unique and have their dashes", "[driver]") {
  std::set<std::string_view> seen;
  for (const OptionRow& row : options()) {
    CHECK((row.short_name.empty() || (row.short_name.size() == 2 && row.short_name[0] == '-')));
    CHECK((row.long_name.empty() || row.long_name.starts_with("--")));
    CHECK(!(row.short_name.empty() && row.long_name.empty()));
    for (const std::string_view name : {row.short_name, row.long_name})
      if (!name.empty()) CHECK(seen.insert(name).second);
    CHECK(&driver::row(row.id) == &row);
  }
}

TEST_CASE("short options cluster and carry values", "[driver]") {
  const CommandLine line = understood({"-lv", "-fjson", "-qo", "out", "x.bt"});
  CHECK(line.wants_list);
  CHECK(line.run.verbosity == 1);
  CHECK(line.run.format == runtime::OutputFormat::Json);
  CHECK(line.run.is_quiet);
  CHECK(line.run.output == "out");
  CHECK(line.words == std::vector<std::string>{"x.bt"});
}

TEST_CASE("options stand anywhere, and -- ends them", "[driver]") {
  const CommandLine line = understood({"x.bt", "one", "--dry-run", "--pid=7", "--", "-v", "--x=1"});
  CHECK(line.run.is_dry_run);
  CHECK(line.run.pid == 7);
  CHECK(line.run.verbosity == 0);
  CHECK(line.words == std::vector<std::string>{"x.bt", "one", "-v", "--x=1"});
}

TEST_CASE("a lone dash is a word, a value may begin with one", "[driver]") {
  const CommandLine line = understood({"-", "-e", "-x"});
  CHECK(line.words == std::vector<std::string>{"-"});
  CHECK(line.program == "-x");
}

TEST_CASE("words and values are taken as they are", "[driver]") {
  const CommandLine line = understood({"-e", "{}", "[a,b]", "", "{}", "--", "--", "[]"});
  CHECK(line.program == "{}");
  CHECK(line.words == std::vector<std::string>{"[a,b]", "", "{}", "--", "[]"});
  CHECK(understood({"-e", ""}).program == "");
  CHECK(understood({"-e", "[x]"}).program == "[x]");
  CHECK(refused({"--output="}).message() == "option `--output` needs a value");
}

TEST_CASE("of several programs the last wins, stages add up", "[driver]") {
  const CommandLine line = understood({"-e", "a", "-d", "ast,hir", "-d", "plan", "-e", "b"});
  CHECK(line.program == "b");
  CHECK(line.debug == std::vector<std::string>{"ast", "hir", "plan"});
}

TEST_CASE("an unknown option names the nearest", "[driver]") {
  CHECK(refused({"--emti=ast"}).message() == "unknown option `--emti`");
  CHECK(refused({"--emti=ast"}).hint.find("`--emit`") != std::string::npos);
  CHECK(refused({"-quiet"}).message().find("-u") != std::string::npos);
  CHECK(refused({"-Z"}).hint == "-h shows the options");
}

TEST_CASE("values are checked where they are read", "[driver]") {
  CHECK(refused({"-p", "0"}).message() == "`0` is no process id");
  CHECK(refused({"-p", "99999999999"}).hint == "-p takes a positive number");
  CHECK(refused({"-f", "xml"}).hint == "it is one of: text, json");
  CHECK(refused({"-B", "some"}).hint == "it is one of: line, full, none");
  CHECK(refused({"--no-feature", "kprobe_multi,x"}).message() == "`x` is no value of --no-feature");
  CHECK(refused({"-e"}).message() == "option `-e` needs a value");
  CHECK(refused({"--dry-run=1"}).message() == "option `--dry-run` takes no value");
  CHECK(refused({"-p", "1", "-c", "true"}).message() == "-p and -c exclude each other");
}

TEST_CASE("the runner lacks what is the compiler's", "[driver]") {
  CHECK(refused({"-e", "x"}, Programs::Both).message() == "unknown option `-e`");
  CHECK(read({"-q", "x.scry"}, Programs::Both));
}

TEST_CASE("options without effect are remembered, needless ones are not", "[driver]") {
  const CommandLine line = understood({"-k", "-b", "-I", "include"});
  CHECK(line.without_effect == std::vector<OptionId>{OptionId::IncludeDirectory});
}

TEST_CASE("help is no wider than a screen and has every option when asked", "[driver]") {
  for (const bool is_full : {false, true}) {
    const std::string page = help_page({"usage\n", "examples\n"}, Programs::Scry, is_full);
    size_t width = 0;
    for (size_t begin = 0; begin < page.size();) {
      const size_t end = page.find('\n', begin);
      width = std::max(width, end - begin);
      begin = end + 1;
    }
    CHECK(width <= 80);
    for (const OptionRow& row : options())
      if (is_full) CHECK(page.find(row.usage()) != std::string::npos);
  }
}
