#include "plan/io.h"

#include <catch2/catch.hpp>

using namespace scry;

namespace {

plan::Plan sample() {
  plan::Plan plan;
  plan.built_by = "scry test";
  plan.source = "BEGIN { @ = count(); }";
  plan::Map map;
  map.name = "@";
  map.kind = plan::MapKind::PerCpuHash;
  map.key = types::tuple({types::int64(), types::string(16)});
  map.key_size = map.key.size;
  map.value_size = 8;
  map.value = types::aggregation(types::Kind::Count, false);
  plan.maps.push_back(map);
  plan::Program program;
  program.instructions = {0x95, 0x18, 0, UINT64_MAX};
  program.relocations.push_back({plan::RelocationKind::KernelField, 1, 0, "task_struct", "a.b"});
  plan.programs.push_back(program);
  lang::AttachPoint begin;
  begin.text = "begin";
  plan.probes.push_back({{begin}, 0});
  plan.counters.push_back({plan::LossKind::FullMap, 0, 0, {10, 11}});
  return plan;
}

}  // namespace

TEST_CASE("a plan survives being written and read", "[plan]") {
  const std::string bytes = plan::write(sample());
  CHECK(plan::is_plan(bytes));
  const Result<plan::Plan> again = plan::read(bytes, "x");
  REQUIRE(again.ok());
  CHECK(plan::write(*again) == bytes);
  CHECK(plan::dump(*again) == plan::dump(sample()));
  CHECK(again->maps[0].key == sample().maps[0].key);
  CHECK(again->counters == sample().counters);
  CHECK(again->programs[0].instructions == sample().programs[0].instructions);
}

TEST_CASE("a counter of a probe or map that is not there is refused", "[plan]") {
  plan::Plan plan = sample();
  plan.counters[0].map = 1;
  CHECK_FALSE(plan::read(plan::write(plan), "x").ok());
  plan = sample();
  plan.counters[0].probe = 1;
  CHECK_FALSE(plan::read(plan::write(plan), "x").ok());
}

TEST_CASE("what is no plan is refused", "[plan]") {
  CHECK(plan::read("#!/bin/sh\n", "x").error().what == "`x` is not a compiled scry plan");
  CHECK(plan::read("", "x").error().what == "`x` is not a compiled scry plan");
}

TEST_CASE("every damaged byte is found", "[plan]") {
  const std::string bytes = plan::write(sample());
  for (size_t i = 10; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x41);
    CHECK(plan::read(damaged, "x").error().what == "`x` is damaged");
  }
  for (size_t size = 10; size < bytes.size(); ++size)
    CHECK_FALSE(plan::read(bytes.substr(0, size), "x").ok());
}
