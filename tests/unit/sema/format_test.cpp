#include "sema/format.h"

#include <catch2/catch.hpp>

using namespace scry::sema;
using Found = std::vector<std::string>;

TEST_CASE("conversions are found behind flags, width, precision and length", "[sema]") {
  CHECK(conversions("%d %-08lld %5.3s %hhx") == Found{"d", "d", "s", "x"});
  CHECK(conversions("%rx %rh %r %gr") == Found{"rx", "rh", "r", "gr"});
  CHECK(conversions("%f") == Found{"f"});
}

TEST_CASE("%%, unknown conversions and a lone % take no argument", "[sema]") {
  CHECK(conversions("100%% %y %").empty());
  CHECK(conversions("%*d") == Found{"d"});
  CHECK(conversions("").empty());
}
