#include <catch2/catch.hpp>

#include "target/elf.h"

using namespace scry::target;
using Kind = StaticArgument::Kind;

namespace {

StaticArgument read(const char* text) {
  const auto argument = parse_static_argument(text);
  INFO(text);
  REQUIRE(argument);
  return argument.value();
}

}  // namespace

TEST_CASE("constants and registers of static probes", "[target]") {
  const StaticArgument constant = read("-4@$-17");
  CHECK(constant.kind == Kind::Constant);
  CHECK(constant.value == -17);
  CHECK(constant.is_signed);
  CHECK(constant.size == 4);
  const StaticArgument low = read("1@%r9b");
  CHECK(low.kind == Kind::Register);
  CHECK(low.base == "r9");
  CHECK(low.size == 1);
  CHECK_FALSE(low.is_signed);
  CHECK(read("8@%rdi").base == "rdi");
  CHECK(read("%rsp").size == 8);
}

TEST_CASE("memory operands of static probes, scaled index too", "[target]") {
  const StaticArgument plain = read("-8@-24(%rbp)");
  CHECK(plain.kind == Kind::Memory);
  CHECK(plain.base == "rbp");
  CHECK(plain.index == "");
  CHECK(plain.value == -24);
  const StaticArgument scaled = read("2@0x10(%rax,%r12,4)");
  CHECK(scaled.base == "rax");
  CHECK(scaled.index == "r12");
  CHECK(scaled.scale == 4);
  CHECK(scaled.value == 16);
  CHECK(read("8@(,%rcx,8)").base == "");
  CHECK(read("8@(%rcx,%rdx)").scale == 1);
}

TEST_CASE("what is no argument of a static probe is an error", "[target]") {
  for (const char* text : {"", "8@", "3@%rax", "8@%xmm0", "8@counter(%rip)", "8@(%rax,%rbx,3)",
                           "x@$1", "8@(%rax", "8@()", "8@(%rax,%rbx,2,1)", "4@$"})
    CHECK_FALSE(parse_static_argument(text));
}
