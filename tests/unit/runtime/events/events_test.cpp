#include "runtime/events/events.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>

using namespace scry;
using namespace scry::runtime;
using lang::EventKind;

namespace {

// Formats 0: printf("%d %s\n", int64, string[8]), 1: exit(int64), 2: print(int64).
plan::Plan sample() {
  plan::Plan plan;
  lang::EventFormat printf;
  printf.text = "%d %s\n";
  printf.arguments = {types::int64(), types::string(8)};
  lang::EventFormat exit;
  exit.kind = EventKind::Exit;
  exit.arguments = {types::int64()};
  lang::EventFormat print;
  print.kind = EventKind::PrintValue;
  print.arguments = {types::int64()};
  plan.formats = {printf, exit, print};
  return plan;
}

std::string record(uint32_t format, int64_t number, std::string text = {}) {
  std::string bytes(16, '\0');
  std::memcpy(bytes.data(), &format, sizeof format);
  std::memcpy(bytes.data() + 8, &number, sizeof number);
  if (format == 0) text.resize(8);
  return bytes + text;
}

// Feeds records; gives what came out.
struct Fixture {
  plan::Plan plan = sample();
  Maps maps;
  Names names;
  int ends[2];
  std::unique_ptr<Sink> sink;
  std::unique_ptr<Printer> printer;
  std::unique_ptr<Events> events;

  Fixture() {
    REQUIRE(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    sink = std::make_unique<Sink>(ends[1], "pipe");
    printer = make_text_printer(*sink);
    events = std::make_unique<Events>(plan, maps, names, *printer, EventOptions{});
  }
  ~Fixture() { ::close(ends[0]), ::close(ends[1]); }

  std::string output() {
    REQUIRE(sink->flush());
    char bytes[4096];
    const ssize_t size = ::read(ends[0], bytes, sizeof bytes);
    return std::string(bytes, static_cast<size_t>(std::max<ssize_t>(size, 0)));
  }
};

}  // namespace

TEST_CASE("records do what their format says", "[runtime]") {
  Fixture f;
  f.events->handle(record(0, 42, "text"));
  f.events->handle(record(2, -7));
  CHECK(f.output() == "42 text\n-7\n");
  CHECK(f.events->malformed_count() == 0);
}

TEST_CASE("the first exit gives the status", "[runtime]") {
  Fixture f;
  CHECK_FALSE(f.events->exit_status());
  CHECK(f.events->is_exit(record(1, 5)));
  CHECK_FALSE(f.events->is_exit(record(0, 5, "x")));
  f.events->handle(record(1, 300));
  f.events->handle(record(1, 1));
  CHECK(f.events->exit_status() == 44);
  f.events->forget_exit();
  CHECK_FALSE(f.events->exit_status());
}

TEST_CASE("records that fit no format are counted", "[runtime]") {
  Fixture f;
  const std::string whole = record(0, 1, "abc");
  for (size_t size = 0; size < whole.size(); ++size) f.events->handle(whole.substr(0, size));
  f.events->handle(record(3, 1));
  f.events->handle(record(UINT32_MAX, 1));
  CHECK_FALSE(f.events->is_exit(""));
  CHECK(f.events->malformed_count() == whole.size() + 2);
  CHECK(f.output().empty());
}

TEST_CASE("a string that fills its room is marked as cut", "[runtime]") {
  Fixture f;
  f.events->handle(record(0, 1, "12345678"));
  CHECK(f.output() == "1 12345678..\n");
}
