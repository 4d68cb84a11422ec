#include "runtime/output/printer.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using namespace scry;
using namespace scry::runtime;

namespace {

// What a printer writes, through a pipe as in life.
template <typename Act>
std::string output(std::unique_ptr<Printer> (*make)(Sink&), Act&& act) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  {
    Sink sink(ends[1], "a pipe");
    const auto printer = make(sink);
    act(*printer);
    REQUIRE(sink.flush().ok());
  }
  ::close(ends[1]);
  std::string text(65536, '\0');
  text.resize(static_cast<size_t>(::read(ends[0], text.data(), text.size())));
  ::close(ends[0]);
  return text;
}

Value integer(int64_t value) { return {Integer{static_cast<uint64_t>(value), true}}; }
Value text(std::string value) { return {std::move(value)}; }

MapContent counts() {
  return {"@c",
          types::aggregation(types::Kind::Count, false),
          false,
          {{text("b"), integer(20)}, {text("c"), integer(3)}, {text("a"), integer(7)}}};
}

}  // namespace

TEST_CASE("maps are sorted by value, top takes the largest, div divides", "[printer]") {
  CHECK(output(make_text_printer, [](Printer& p) { p.map(counts(), {}, true); }) ==
        "@c[c]: 3\n@c[a]: 7\n@c[b]: 20\n");
  CHECK(output(make_text_printer, [](Printer& p) {
          p.map(counts(), {2, 0}, true);
        }) == "@c[a]: 7\n@c[b]: 20\n");
  CHECK(output(make_text_printer, [](Printer& p) {
          p.map(counts(), {0, 3}, true);
        }) == "@c[c]: 1\n@c[a]: 2\n@c[b]: 6\n");
}

TEST_CASE("string values are sorted by key", "[printer]") {
  const MapContent map{
      "@s", types::string(8), false, {{text("z"), text("1")}, {text("a"), text("2")}}};
  CHECK(output(make_text_printer, [&](Printer& p) { p.map(map, {}, true); }) ==
        "@s[a]: 2\n@s[z]: 1\n");
}

TEST_CASE("an unset scalar prints as zero, but not at exit", "[printer]") {
  const MapContent map{"@x", types::int64(), true, {}};
  CHECK(output(make_text_printer, [&](Printer& p) { p.map(map, {}, false); }) == "@x: 0\n");
  CHECK(output(make_text_printer, [&](Printer& p) { p.map(map, {}, true); }).empty());
  CHECK(output(make_json_printer, [&](Printer& p) { p.map(map, {}, false); }) ==
        "{\"type\": \"map\", \"data\": {\"@x\": 0}}\n");
}

TEST_CASE("histograms have labels, counts and bars", "[printer]") {
  const Type type = types::hist(0);
  std::vector<uint64_t> counters(types::hist_bucket_count(type));
  counters[0] = 1, counters[2] = 2, counters[11] = 4;
  const MapContent map{"@h", type, true, {{{}, {make_histogram(type, counters)}}}};
  const std::string shown = output(make_text_printer, [&](Printer& p) { p.map(map, {}, true); });
  CHECK(shown.starts_with(
      "@h:\n(..., 0)               1 |@@@@@@@@@@@@@                                       |\n"
      "[0]                    0 |                                                    |\n"
      "[1]                    2 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"));
  CHECK(shown.ends_with(
      "[512, 1K)              4 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n\n"));
  CHECK(output(make_json_printer, [&](Printer& p) { p.map(map, {}, true); })
            .starts_with(
                "{\"type\": \"hist\", \"data\": {\"@h\": [{\"max\": -1, \"count\": 1},"
                "{\"min\": 0, \"max\": 0, \"count\": 0},{\"min\": 1, \"max\": 1, \"count\": 2},"));
}

TEST_CASE("JSON keeps large integers exact and escapes text", "[printer]") {
  CHECK(output(make_json_printer, [](Printer& p) {
          p.value({Integer{UINT64_MAX, false}});
        }) == "{\"type\": \"value\", \"data\": \"18446744073709551615\"}\n");
  CHECK(output(make_json_printer, [](Printer& p) { p.value(integer(int64_t{1} << 53)); }) ==
        "{\"type\": \"value\", \"data\": 9007199254740992}\n");
  CHECK(output(make_json_printer, [](Printer& p) {
          p.text(kPrintfText, "q\" b\\ t\t\x01\xff\n");
        }) == "{\"type\": \"printf\", \"data\": \"q\\\" b\\\\ t\\t\\u0001\\ufffd\\n\"}\n");
}

TEST_CASE("an average is a stats object with its quotient", "[printer]") {
  const Type type = types::aggregation(types::Kind::Avg, true);
  const MapContent map{"@a", type, true, {{{}, {Average{{static_cast<uint64_t>(-9), true}, 2}}}}};
  CHECK(output(make_json_printer, [&](Printer& p) { p.map(map, {}, true); }) ==
        "{\"type\": \"stats\", \"data\": {\"@a\": -4}}\n");
}

TEST_CASE("a reader that went away is no error, a full device is one", "[printer]") {
  Sink full(::open("/dev/full", O_WRONLY), "`/dev/full`");
  full.write("x");
  const Result<void> flushed = full.flush();
  REQUIRE_FALSE(flushed.ok());
  CHECK(flushed.error().message() == "cannot write to `/dev/full`: No space left on device");
}
