#include "lang/config.h"

#include <catch2/catch.hpp>
#include <cstdlib>

using namespace scry::lang;

TEST_CASE("keys are found in any case, by old names and with the prefix", "[config]") {
  CHECK(find_config("BPFTRACE_Max_Strlen")->key == ConfigKey::MaxStrlen);
  CHECK(find_config("strlen")->is_renamed);
  CHECK(find_config("no_cpp_demangle")->is_inverted);
  CHECK_FALSE(find_config("symbol_source")->key);
  CHECK_FALSE(find_config("max_strlenx"));
}

TEST_CASE("every default is a value of its key", "[config]") {
  for (const ConfigRow& row : config_rows()) {
    INFO(row.name);
    Config config;
    CHECK(config.set(row.key, row.initial));
    CHECK(config.settings().empty());
  }
}

TEST_CASE("values as they may be written", "[config]") {
  Config config;
  for (const char* yes : {"true", "1", "on", "YES"}) {
    REQUIRE(config.set(ConfigKey::PrintMapsOnExit, yes));
    CHECK(config.flag(ConfigKey::PrintMapsOnExit));
  }
  REQUIRE(config.set(ConfigKey::CppDemangle, "1", true));
  CHECK_FALSE(config.flag(ConfigKey::CppDemangle));
  REQUIRE(config.set(ConfigKey::MaxStrlen, "0x40"));
  CHECK(config.number(ConfigKey::MaxStrlen) == 64);
  REQUIRE(config.set(ConfigKey::CacheUserSymbols, "0"));
  CHECK(config.is(ConfigKey::CacheUserSymbols, "NONE"));
  REQUIRE(config.set(ConfigKey::UnstableTseries, "false"));
  CHECK(config.is(ConfigKey::UnstableTseries, "error"));
  CHECK_FALSE(config.set(ConfigKey::MaxStrlen, "-1"));
  CHECK_FALSE(config.set(ConfigKey::MaxStrlen, ""));
  CHECK_FALSE(config.set(ConfigKey::License, "Proprietary"));
}

TEST_CASE("settings carry what differs from the defaults", "[config]") {
  Config config;
  REQUIRE(config.set(ConfigKey::MaxMapKeys, "7"));
  Config other;
  REQUIRE(other.set(config.settings()));
  CHECK(other.number(ConfigKey::MaxMapKeys) == 7);
  CHECK(config.settings().size() == 1);
}

TEST_CASE("the environment by present and old names", "[config]") {
  ::setenv("BPFTRACE_STRLEN", "10", 1);
  ::setenv("BPFTRACE_MAX_PROBES", "x", 1);
  CHECK_FALSE(environment_config());
  ::unsetenv("BPFTRACE_MAX_PROBES");
  Config config;
  REQUIRE(config.set(*environment_config()));
  ::unsetenv("BPFTRACE_STRLEN");
  CHECK(config.number(ConfigKey::MaxStrlen) == 10);
}
