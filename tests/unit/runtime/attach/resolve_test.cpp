#include <catch2/catch.hpp>

#include "runtime/attach/match.h"

using namespace scry;
using namespace scry::runtime;
using lang::ProbeKind;

namespace {

lang::AttachPoint point(ProbeKind kind, std::string target = {}, std::string name = {}) {
  lang::AttachPoint point;
  point.kind = kind;
  point.text = std::string(lang::row(kind).name) + ":" + target + ":" + name;
  point.target = std::move(target);
  point.name = std::move(name);
  return point;
}

Result<Matches> resolve_all(std::vector<std::vector<lang::AttachPoint>> probes,
                            std::vector<std::string> parameters = {}) {
  const auto facts = kernel::make_fixture(SCRY_FIXTURES "/kernel");
  plan::Plan plan;
  for (auto& points : probes) plan.probes.push_back({std::move(points), 0});
  return resolve({plan, parameters, {}, *facts, lang::Config()});
}

std::string error_of(lang::AttachPoint point) {
  const auto matches = resolve_all({{std::move(point)}});
  return matches ? "none" : matches.error().message();
}

}  // namespace

TEST_CASE("name ids count the matches of all probes in order", "[runtime]") {
  const auto matches = resolve_all({{point(ProbeKind::Begin)},
                                    {point(ProbeKind::Tracepoint, "syscalls", "sys_enter_getp*"),
                                     point(ProbeKind::Tracepoint, "syscalls", "sys_exit_read")},
                                    {point(ProbeKind::Interval, "s", "1")}});
  REQUIRE(matches);
  const std::vector<std::string> names = matches.value().names();
  REQUIRE(names.size() == 5);
  CHECK(names[1] == "tracepoint:syscalls:sys_enter_getpid");
  CHECK(names[2] == "tracepoint:syscalls:sys_enter_getppid");
  CHECK(names[3] == "tracepoint:syscalls:sys_exit_read");
  CHECK(matches.value().list[2].syscall == 110);
  CHECK(matches.value().list[3].syscall == 0);
  for (size_t i = 0; i < 5; ++i) CHECK(matches.value().list[i].name_id == i + 1);
  CHECK(matches.value().first_name_id(1) == 2);
  CHECK(matches.value().first_name_id(2) == 5);
  CHECK(matches.value().first_name_id(9) == 0);
  CHECK(matches.value().has_any_to_attach());
  CHECK_FALSE(resolve_all({{point(ProbeKind::Begin)}, {point(ProbeKind::End)}})
                  .value()
                  .has_any_to_attach());
}

TEST_CASE("rates of intervals", "[runtime]") {
  const auto rate = [](const char* unit, const char* count) {
    return resolve_all({{point(ProbeKind::Interval, unit, count)}}).value().list[0].rate;
  };
  CHECK(rate("s", "2").value == 2'000'000'000);
  CHECK(rate("ms", "0x10").value == 16'000'000);
  CHECK(rate("us", "1").value == 1000);
  CHECK(rate("ns", "5000").value == 5000);
  CHECK(rate("", "5000").value == 5000);
  CHECK(rate("hz", "99").value == 99);
  CHECK(rate("hz", "99").is_frequency);
  CHECK_FALSE(rate("s", "2").is_frequency);
}

TEST_CASE("intervals that cannot be", "[runtime]") {
  CHECK(error_of(point(ProbeKind::Interval, "ns", "999")) ==
        "Invalid rate of interval probe. Minimum is 1000 or 1us. Found: 999 nanoseconds");
  CHECK(error_of(point(ProbeKind::Interval, "bad", "3")) == "bad is not an accepted unit of time");
  for (const char* count : {"0", "-1", "", "x", "1s"})
    CHECK(error_of(point(ProbeKind::Interval, "s", count)).find("should be a positive integer") !=
          std::string::npos);
  CHECK(error_of(point(ProbeKind::Interval, "s", "9223372036854775807")).find("too long") !=
        std::string::npos);
}

TEST_CASE("parameters in attach points", "[runtime]") {
  const auto matches = resolve_all({{point(ProbeKind::Interval, "ms", "$2")}}, {"x", "30"});
  REQUIRE(matches);
  CHECK(matches.value().list[0].rate.value == 30'000'000);
  CHECK(matches.value().list[0].name == "interval:ms:30");
  CHECK_FALSE(resolve_all({{point(ProbeKind::Interval, "ms", "$3")}}, {"x", "30"}));
}

TEST_CASE("attach points without a match say so", "[runtime]") {
  CHECK(error_of(point(ProbeKind::Tracepoint, "syscalls", "sys_enter_nosuch*")) ==
        "No matches for tracepoint syscalls:sys_enter_nosuch*.");
  CHECK(error_of(point(ProbeKind::Tracepoint, "syscalls", "sys_enter_nosuch")).find("nosuch") !=
        std::string::npos);
  CHECK(error_of(point(ProbeKind::Tracepoint, "sched", "sched_nosuch")) ==
        "No matches for tracepoint sched:sched_nosuch.");
  CHECK(error_of(point(ProbeKind::Software, "page-fault", "1")).find("is not a software probe") !=
        std::string::npos);
  CHECK(error_of(point(ProbeKind::Uprobe, "/proc/self/exe", "no_such_function"))
            .find("No matches for uprobe") == 0);
  CHECK(error_of(point(ProbeKind::Uprobe, "/etc/passwd", "main")).find("/etc/passwd") !=
        std::string::npos);
  CHECK(error_of(point(ProbeKind::Watchpoint, "", "0x10")).find("not supported yet") !=
        std::string::npos);
}

TEST_CASE("functions and addresses of a program", "[runtime]") {
  const auto matches = resolve_all({{point(ProbeKind::Uprobe, "/proc/self/exe", "main")}});
  REQUIRE(matches);
  CHECK(matches.value().list[0].path == "/proc/self/exe");
  CHECK(matches.value().list[0].offset > 0);
  CHECK(error_of(point(ProbeKind::Uprobe, "/proc/self/exe", "0x10")).find("no code") !=
        std::string::npos);
  lang::AttachPoint far = point(ProbeKind::Uprobe, "/proc/self/exe", "main");
  far.offset = 1 << 30;
  CHECK(error_of(far).find("outside") != std::string::npos);
}
