#include "runtime/symbols/symbols.h"

#include <unistd.h>

#include <catch2/catch.hpp>

using namespace scry;
using namespace scry::runtime;

namespace {

// Found by name: uprobes and symbol tables alike need one.
extern "C" __attribute__((noinline, used)) void scry_unit_landmark() { asm volatile(""); }

}  // namespace

TEST_CASE("kallsyms: the nearest symbol before an address", "[symbols]") {
  const KernelSymbols symbols(
      "0000000000001000 A per_cpu\n"
      "ffffffff81000200 t second\t[module]\n"
      "ffffffff81000100 T first\n"
      "ffffffff81000100 T alias\n"
      "no line\n"
      "ffffffff81000300 T");
  CHECK_FALSE(symbols.find(0x1000));
  CHECK_FALSE(symbols.find(0xffffffff810000ff));
  REQUIRE(symbols.find(0xffffffff81000100));
  CHECK(symbols.find(0xffffffff81000100)->name == "first");
  CHECK(symbols.find(0xffffffff810001ff)->offset == 0xff);
  CHECK(symbols.find(0xffffffff81000204)->name == "second");
  CHECK_FALSE(symbols.find(UINT64_MAX));
}

TEST_CASE("executable mappings of files", "[symbols]") {
  const auto mappings = parse_mappings(
      "55d0-55d8 r--p 00000000 fe:00 12   /bin/a b\n"
      "55d8-55e0 r-xp 00000008 fe:00 12   /bin/a b\n"
      "7f00-7f08 r-xp 00000000 00:00 0 \n"
      "7fff-8000 r-xp 00000000 00:00 0   [vdso]\n"
      "junk\n");
  REQUIRE(mappings.size() == 1);
  CHECK(mappings[0].begin == 0x55d8);
  CHECK(mappings[0].end == 0x55e0);
  CHECK(mappings[0].offset == 8);
  CHECK(mappings[0].path == "/bin/a b");
}

TEST_CASE("a function holds what lies within its size", "[symbols]") {
  const std::vector<target::Function> functions = {{"sized", 0, 16, 0x100}, {"open", 0, 0, 0x200}};
  CHECK_FALSE(find_function(functions, 0xff));
  CHECK(find_function(functions, 0x10f)->name == "sized");
  CHECK_FALSE(find_function(functions, 0x110));
  CHECK(find_function(functions, 0x2ff)->offset == 0xff);
}

TEST_CASE("our own functions are found", "[symbols]") {
  Processes processes;
  const auto address = reinterpret_cast<uint64_t>(&scry_unit_landmark);
  const auto place = processes.find(static_cast<uint64_t>(::getpid()), address);
  REQUIRE(place);
  REQUIRE(place->function);
  CHECK(place->function->name == "scry_unit_landmark");
  CHECK(place->function->offset == 0);
  CHECK_FALSE(processes.find(static_cast<uint64_t>(::getpid()), 8));
}

TEST_CASE("frames by mode", "[symbols]") {
  const FoundSymbol symbol{"_ZN3foo3barEv", 5};
  CHECK(frame_text("bpftrace", 0x10, symbol, {}) == "foo::bar()+5");
  CHECK(frame_text("bpftrace", 0x10, {}, "[unknown]") == "0x10");
  CHECK(frame_text("perf", 0x10, symbol, {}) == "10 foo::bar()+5");
  CHECK(frame_text("perf", 0x10, {}, "[unknown]") == "10 0x10 ([unknown])");
  CHECK(frame_text("raw", 0x10, symbol, "/bin/a") == "10");
  CHECK(demangled("_Zwrong") == "_Zwrong");
}

TEST_CASE("a stack is a block of lines", "[symbols]") {
  const Value stack{Stack{"\t", {"10 a+1", "20 b+2"}}};
  CHECK(to_text(stack) == "\n\t10 a+1\n\t20 b+2\n");
  CHECK(key_text(stack) == "\n\t10 a+1\n\t20 b+2\n");
  CHECK(to_text(Value{Stack{}}) == "\n");
}
