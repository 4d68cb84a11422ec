#include "runtime/output/time.h"

#include <catch2/catch.hpp>

using namespace scry::runtime;

TEST_CASE("fractions of a second are our own conversions", "[time]") {
  const std::string text = boot_time_text("%%f|%f|%k|%l|%", 5);
  CHECK(text.substr(0, 3) == "%f|");
  CHECK(text.size() == std::string("%f|123456|123456789|123|%").size());
}

TEST_CASE("a format without a text gives none", "[time]") {
  CHECK(wall_time_text("").empty());
  CHECK(wall_time_text("plain\n") == "plain\n");
}
