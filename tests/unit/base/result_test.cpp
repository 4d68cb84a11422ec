#include "base/result.h"

#include <catch2/catch.hpp>
#include <cerrno>
#include <memory>

#include "base/fd.h"

using namespace scry;

namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return Error{.what = "cannot halve", .error_number = 0, .hint = ""};
  return number / 2;
}

Result<int> quarter(int number) {
  SCRY_TRY_ASSIGN(const int halved, half(number));
  return half(halved);
}

}  // namespace

TEST_CASE("a result holds a value or an error", "[base]") {
  CHECK(half(4).value() == 2);
  CHECK(half(3).error().what == "cannot halve");
}

TEST_CASE("SCRY_TRY passes the first error on", "[base]") {
  CHECK(quarter(8).value() == 2);
  CHECK_FALSE(quarter(2).ok());
  CHECK_FALSE(quarter(1).ok());
}

TEST_CASE("a result carries what can only be moved", "[base]") {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  const std::unique_ptr<int> owned = std::move(result).value();
  CHECK(*owned == 7);
}

TEST_CASE("an error says what was attempted and why it failed", "[base]") {
  errno = ENOENT;
  CHECK(errno_error("cannot open `x`").message() == "cannot open `x`: No such file or directory");
  CHECK(Error{.what = "no such map", .error_number = 0, .hint = ""}.message() == "no such map");
}

TEST_CASE("a missing file is an error with its name", "[base]") {
  const Result<std::string> text = read_file("/nonexistent/scry");
  REQUIRE_FALSE(text.ok());
  CHECK(text.error().error_number == ENOENT);
  CHECK(text.error().what.find("/nonexistent/scry") != std::string::npos);
}

TEST_CASE("a directory is not a file to read", "[base]") { CHECK_FALSE(read_file("/").ok()); }

TEST_CASE("a file over the limit is an error, not a cut file", "[base]") {
  CHECK_FALSE(read_file("/proc/self/maps", 10).ok());
}
