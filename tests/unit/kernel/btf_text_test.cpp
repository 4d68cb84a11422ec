#include "kernel/btf_text.h"

#include <catch2/catch.hpp>

#include "btf_builder.h"

using namespace scry;
using namespace scry::kernel;

namespace {

Btf parse(const BtfBuilder& builder) {
  auto btf = Btf::parse(Bytes(builder.bytes()));
  REQUIRE(btf);
  return std::move(btf).value();
}

// 1 int, 2 int *, 3 const int, 4 const int *, 5 char, 6 char[16], 7 int (int *, const int *), 8 pointer to 7
BtfBuilder basics() {
  BtfBuilder b;
  b.type("int", Btf::Int, 0, 4), b.words({32});
  b.type("", Btf::Ptr, 0, 1);
  b.type("", Btf::Const, 0, 1);
  b.type("", Btf::Ptr, 0, 3);
  b.type("char", Btf::Int, 0, 1), b.words({8});
  b.type("", Btf::Array, 0, 0), b.words({5, 1, 16});
  b.type("", Btf::FunctionPrototype, 2, 1), b.parameter("p", 2), b.parameter("q", 4);
  b.type("", Btf::Ptr, 0, 7);
  return b;
}

std::vector<std::string> names(const std::vector<NamedType>& types) {
  std::vector<std::string> list;
  for (const NamedType& type : types) list.push_back(type.name);
  return list;
}

}  // namespace

TEST_CASE("declarations read as listings write them", "[kernel]") {
  Btf btf = parse(basics());
  CHECK(declaration_text(btf, 1, "x") == "int x");
  CHECK(declaration_text(btf, 2, "x") == "int * x");
  CHECK(declaration_text(btf, 4, "x") == "const int * x");
  CHECK(declaration_text(btf, 6, "comm") == "char comm[16]");
  CHECK(declaration_text(btf, 8, "call") == "int (*call)(int *, const int *)");
  CHECK(declaration_text(btf, 0, "x") == "void x");
  CHECK(declaration_text(btf, 999, "x") == "void x");
}

TEST_CASE("a struct's definition has its anonymous members inside", "[kernel]") {
  BtfBuilder b = basics();
  b.type("", Btf::Union, 2, 8), b.member("i", 1, 0), b.member("p", 4, 0);                // 9
  b.type("all", Btf::Struct, 4, 40, true), b.member("", 9, 0), b.member("comm", 6, 64);  // 10
  b.member("bits", 1, 3u << 24 | 192), b.member("next", 11, 224);
  b.type("", Btf::Ptr, 0, 10);  // 11
  Btf btf = parse(b);
  CHECK(definition_text(btf, 10) ==
        "struct all {\n\tunion {\n\t\tint i;\n\t\tconst int *p;\n\t};\n\tchar comm[16];\n"
        "\tint bits: 3;\n\tstruct all *next;\n};");
}

TEST_CASE("an enum's definition has its values, also negative ones", "[kernel]") {
  BtfBuilder b;
  b.type("zone", Btf::Enum, 2, 4, true), b.parameter("LOW", static_cast<uint32_t>(-1)),
      b.parameter("HIGH", 7);
  Btf btf = parse(b);
  CHECK(definition_text(btf, 1) == "enum zone {\n\tLOW = -1,\n\tHIGH = 7,\n};");
  CHECK(names(named_types(btf)) == std::vector<std::string>{"enum zone"});
}

TEST_CASE("a type that holds itself ends", "[kernel]") {
  BtfBuilder b;
  b.type("", Btf::Struct, 3, 8), b.member("", 1, 0), b.member("", 1, 0), b.member("", 1, 0);
  b.type("", Btf::Ptr, 0, 2);
  Btf btf = parse(b);
  CHECK(definition_text(btf, 1).find("…") != std::string::npos);
  CHECK(declaration_text(btf, 2, "x").find("…") != std::string::npos);
}

TEST_CASE("raw tracepoints take parameter names from the function", "[kernel]") {
  BtfBuilder b = basics();
  b.type("btf_trace_wake", Btf::Typedef, 0, 8);                                               // 9
  b.type("", Btf::FunctionPrototype, 2, 0), b.parameter("__data", 2), b.parameter("cpu", 1);  // 10
  b.type("__traceiter_wake", Btf::Function, 0, 10);                                           // 11
  b.type("btf_trace_sleep", Btf::Typedef, 0, 8);                                              // 12
  Btf btf = parse(b);
  const auto found = raw_tracepoints(btf);
  REQUIRE(names(found) == std::vector<std::string>{"sleep", "wake"});
  CHECK(found[0].id == 7);
  CHECK(found[1].id == 10);
  CHECK(btf.parts(found[1].id).at(1).name == "cpu");
}

TEST_CASE("an iterator needs its struct and its function", "[kernel]") {
  BtfBuilder b = basics();
  b.type("bpf_iter__task", Btf::Struct, 0, 0);
  b.type("bpf_iter__gone", Btf::Struct, 0, 0);
  b.type("bpf_iter_task", Btf::Function, 0, 7);
  b.type("bpf_iter_task_next", Btf::Function, 0, 7);
  Btf btf = parse(b);
  CHECK(names(iterators(btf)) == std::vector<std::string>{"task"});
  CHECK(names(functions(btf)) == std::vector<std::string>{"bpf_iter_task", "bpf_iter_task_next"});
}
