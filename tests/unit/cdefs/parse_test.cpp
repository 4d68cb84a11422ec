#include "cdefs/parse.h"

#include <catch2/catch.hpp>

using namespace scry;

namespace {

cdefs::Definitions parse(std::string_view text) {
  Diagnostics diags;
  auto found = cdefs::parse({{Span{0, static_cast<uint32_t>(text.size())}, text}}, {}, diags);
  CHECK_FALSE(diags.has_errors());
  return found;
}

uint64_t offset(const cdefs::Definitions& all, std::string_view record, std::string_view path) {
  const auto place = all.place(record, path);
  REQUIRE(place);
  return place->bit_offset / 8;
}

}  // namespace

TEST_CASE("members are aligned as C aligns them", "[cdefs]") {
  const auto all = parse("struct S { char a; short b; long c; char d; int *e; bool f; };");
  CHECK(offset(all, "S", "b") == 2);
  CHECK(offset(all, "S", "c") == 8);
  CHECK(offset(all, "S", "e") == 24);
  CHECK(all.record("S")->size == 40);
  CHECK(all.record("S")->alignment == 8);
}

TEST_CASE("packed and aligned, before the name and behind the brace", "[cdefs]") {
  const auto all = parse(
      "struct __attribute__((packed)) P { char a; long b; };"
      "struct Q { char a; long b; } __attribute__((packed, aligned(4)));"
      "struct R { char a; char b __attribute__((aligned(16))); };");
  CHECK(all.record("P")->size == 9);
  CHECK(all.record("Q")->size == 12);
  CHECK(offset(all, "Q", "b") == 1);
  CHECK(offset(all, "R", "b") == 16);
  CHECK(all.record("R")->size == 32);
}

TEST_CASE("bit fields share the units of their types", "[cdefs]") {
  const auto all =
      parse("struct B { int a : 3, b : 30; int : 0; char c : 4; long d : 40; int : 5; int e; };");
  CHECK(all.place("B", "b")->bit_offset == 32);
  CHECK(all.place("B", "c")->bit_offset == 64);
  CHECK(all.place("B", "d")->bit_offset == 68);
  CHECK(offset(all, "B", "e") == 16);
  CHECK(all.record("B")->size == 24);
}

TEST_CASE("unions, nested and anonymous records", "[cdefs]") {
  const auto all = parse(
      "struct N { int a; union { int b; struct { char c; long d; }; }; struct { int x; } e[3]; };");
  CHECK(offset(all, "N", "b") == 8);
  CHECK(offset(all, "N", "d") == 16);
  CHECK(offset(all, "N", "e[2].x") == 32);
  CHECK(all.record("N")->size == 40);
  CHECK(all.member_names("N") == std::vector<std::string>{"a", "b", "c", "d", "e"});
}

TEST_CASE("arrays, pointers and what is opaque", "[cdefs]") {
  const auto all = parse(
      "struct A { int grid[2][3]; char text[5]; int (*call)(int, char *); struct A *next;"
      " int (*calls[2])(void); double ratio; unsigned char tail[]; };");
  CHECK(offset(all, "A", "grid[1][2]") == 20);
  CHECK(all.place("A", "text")->type == types::string(5));
  CHECK(types::to_string(all.place("A", "call")->type) == "void *");
  CHECK(types::to_string(all.place("A", "next")->type) == "struct A *");
  CHECK(offset(all, "A", "ratio") == 64);
  CHECK(all.place("A", "ratio")->type.is_poison());
  CHECK(offset(all, "A", "tail") == 72);
  CHECK(all.record("A")->size == 72);
}

TEST_CASE("integers by every name", "[cdefs]") {
  const auto all = parse(
      "struct I { long unsigned int a; __u16 b; const volatile uint8_t c; short int d; size_t e; "
      "};");
  CHECK(all.place("I", "a")->type == types::uint64());
  CHECK(all.place("I", "b")->type == types::integer(2, false));
  CHECK(all.place("I", "d")->type == types::integer(2, true));
  CHECK(offset(all, "I", "e") == 16);
}

TEST_CASE("enums count on, and widen where a value needs it", "[cdefs]") {
  const auto all = parse(
      "enum E { A, B = 5, C, D = B << 2 }; enum N { M = -1 }; enum W { X = 1ULL << 40 }; enum { Y "
      "= 'a' };");
  CHECK(all.constant("C")->value == 6);
  CHECK(all.constant("D")->value == 20);
  CHECK_FALSE(all.constant("A")->type.is_signed);
  CHECK(all.constant("M")->type.is_signed);
  CHECK(all.constant("X")->type.size == 8);
  CHECK(all.constant("Y")->value == 97);
  CHECK(all.has_constant("E", 5));
  CHECK_FALSE(all.has_constant("E", 7));
}

TEST_CASE("conditionals and macros", "[cdefs]") {
  const auto all = parse(
      "#define N 2\n#define TWICE(x) ((x) * N)\n#ifdef OTHER\nstruct No { int a; };\n"
      "#elif defined(N) && N == 2\nstruct Yes { char a[TWICE(3)];\n#if 0\nint b;\n#else\nint c;\n"
      "#endif\n};\n#else\nstruct No { int a; };\n#endif\n#undef N\n#define \\\n M 1");
  CHECK_FALSE(all.record("No"));
  CHECK(all.record("Yes")->size == 12);
  CHECK(all.member_names("Yes") == std::vector<std::string>{"a", "c"});
  CHECK_FALSE(all.object_macro("N"));
  CHECK(all.object_macro("M"));
  CHECK_FALSE(all.object_macro("TWICE"));
}
