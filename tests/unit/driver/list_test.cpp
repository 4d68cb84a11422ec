#include "driver/list/list.h"

#include <catch2/catch.hpp>

#include "grammar/parse.h"

using namespace scry;
using namespace scry::driver;

namespace {

Listing listed(std::vector<std::string> patterns, bool shows_details = false,
               const char* kernel = SCRY_FIXTURES "/kernel") {
  const auto facts = kernel::make_fixture(kernel);
  return list({std::move(patterns), shows_details, {}}, *facts);
}

std::vector<std::string> patterns(const char* text) {
  SourceMap sources;
  sources.add(SourceFile("test", text));
  Diagnostics diags;
  const auto script = grammar::parse(sources, FileId::Main, diags);
  REQUIRE(script);
  return patterns_of(*script);
}

}  // namespace

TEST_CASE("a pattern is compared with whole names", "[driver]") {
  CHECK(listed({"*getppid*"}).text ==
        "tracepoint:syscalls:sys_enter_getppid\ntracepoint:syscalls:sys_exit_getppid\n");
  CHECK(listed({"tracepoint:sched:sched_switch"}).text == "tracepoint:sched:sched_switch\n");
  CHECK(listed({"tracepoint:sched"}).text.empty());
  CHECK(listed({"tracepoint:*switch"}).text == "tracepoint:sched:sched_switch\n");
}

TEST_CASE("a kind may be written by its alias, in any case", "[driver]") {
  CHECK(listed({"t:sched:*switch"}).text == "tracepoint:sched:sched_switch\n");
  CHECK(listed({"TRACEPOINT:sched:*switch"}).text == "tracepoint:sched:sched_switch\n");
  CHECK(listed({"i:*"}).text == "interval:hz:\ninterval:ms:\ninterval:s:\ninterval:us:\n");
}

TEST_CASE("timers are listed only when they are asked for", "[driver]") {
  CHECK(listed({"*:hz:"}).text.empty());
  CHECK(listed({"profile:h*"}).text == "profile:hz:\n");
}

TEST_CASE("aliases of events are listed too", "[driver]") {
  CHECK(listed({"software:c*"}).text ==
        "software:context-switches:\nsoftware:cpu-clock:\nsoftware:cpu-migrations:\nsoftware:cpu:\n"
        "software:cs:\n");
  CHECK(listed({"hardware:*cycles:"}).text ==
        "hardware:bus-cycles:\nhardware:cpu-cycles:\nhardware:cycles:\nhardware:ref-cycles:\n");
}

TEST_CASE("details of a tracepoint are its fields as C", "[driver]") {
  CHECK(listed({"tracepoint:sched:sched_process_exec"}, true).text ==
        "tracepoint:sched:sched_process_exec\n    __data_loc char[] filename\n    pid_t pid\n"
        "    pid_t old_pid\n");
  CHECK(listed({"tracepoint:sched:sched_switch"}, true).text.find("    char prev_comm[16]\n") !=
        std::string::npos);
}

TEST_CASE("patterns keep their order, and a name comes once", "[driver]") {
  CHECK(listed({"tracepoint:sched:sched_switch", "tracepoint:sched:*"}).text ==
        "tracepoint:sched:sched_switch\ntracepoint:sched:sched_process_exec\n");
}

TEST_CASE("what cannot be read is told once", "[driver]") {
  const Listing listing = listed({"iter:*", "rawtracepoint:*", "struct *"}, false, "/nonexistent");
  CHECK(listing.is_empty());
  CHECK(listing.troubles.size() == 1);
  CHECK(listed({"uprobe:/nosuch:*"}).troubles.size() == 1);
  CHECK(listed({"uprobe:*"}).troubles.size() == 1);
}

TEST_CASE("functions of a program are found by name", "[driver]") {
  CHECK(listed({"uprobe:/proc/self/exe:main"}).text == "uprobe:/proc/self/exe:main\n");
}

TEST_CASE("a pattern without a match gets a hint how to write it", "[driver]") {
  CHECK(nothing_matches("getppid").hint.find("'*getppid*'") != std::string::npos);
  CHECK(nothing_matches("t").hint.find("'tracepoint:*'") != std::string::npos);
  CHECK(nothing_matches("begin").hint.empty());
  CHECK(nothing_matches("*nosuch*").hint.empty());
}

TEST_CASE("a script's attach points are patterns, timers without their period", "[driver]") {
  CHECK(
      patterns(
          "BEGIN { } t:sched:* , interval:s:1 { } i:10ms { } u:/bin/x:f { } software:cs:10 { }") ==
      std::vector<std::string>{"BEGIN", "t:sched:*", "interval:s:", "i:ms:", "u:/bin/x:f",
                               "software:cs:"});
}
