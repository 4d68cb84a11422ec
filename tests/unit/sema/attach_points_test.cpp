#include "sema/attach_points.h"

#include <catch2/catch.hpp>

using namespace scry;
using namespace scry::sema;
using Rests = std::vector<std::string>;

TEST_CASE("a pattern is cut where a prefix of names ends", "[sema]") {
  CHECK(split_pattern("*", "sys_enter_") == Rests{"*"});
  CHECK(split_pattern("sys_*", "sys_enter_") == Rests{"*"});
  CHECK(split_pattern("sys_enter_open*", "sys_enter_") == Rests{"open*"});
  CHECK(split_pattern("sys_enter_read", "sys_enter_") == Rests{"read"});
  CHECK(split_pattern("*open*", "sys_enter_") == Rests{"*open*"});
  CHECK(split_pattern("sys_e*_read", "sys_enter_") == Rests{"*_read", "read"});
  CHECK(split_pattern("s*_enter_$1", "sys_enter_") == Rests{"*_enter_$1", "enter_$1", "$1"});
}

TEST_CASE("a pattern that no name with the prefix can match is cut to nothing", "[sema]") {
  CHECK(split_pattern("sys_exit_*", "sys_enter_").empty());
  CHECK(split_pattern("sys_enter_", "sys_enter_").empty());
  CHECK(split_pattern("", "sys_enter_").empty());
}

TEST_CASE("attach points of one kind and direction share a body", "[sema]") {
  const auto point = [](lang::ProbeKind kind, const char* target, const char* name) {
    lang::AttachPoint p;
    p.kind = kind, p.target = target, p.name = name;
    return p;
  };
  const std::vector<lang::AttachPoint> points = {
      point(lang::ProbeKind::Tracepoint, "syscalls", "sys_enter_read"),
      point(lang::ProbeKind::Begin, "", ""),
      point(lang::ProbeKind::Tracepoint, "syscalls", "sys_exit_read"),
      point(lang::ProbeKind::Tracepoint, "syscalls", "sys_enter_write"),
  };
  const auto groups = group_attach_points(points, false);
  REQUIRE(groups.size() == 3);
  CHECK(groups[0].size() == 2);
  CHECK(groups[0][1].name == "sys_enter_write");
  CHECK(groups[1][0].kind == lang::ProbeKind::Begin);
  CHECK(group_attach_points(points, true).size() == 4);
}
