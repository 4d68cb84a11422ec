#include <catch2/catch.hpp>

#include "diag/render.h"
#include "grammar/parse.h"
#include "kernel/facts.h"
#include "sema/sema.h"

using namespace scry;

namespace {

struct Resolved {
  hir::Program program;
  Diagnostics diags;
  std::string messages;
};

Resolved resolve(const std::string& text, const sema::Options& options = {},
                 const char* kernel = SCRY_FIXTURES "/kernel") {
  SourceMap sources;
  sources.add(SourceFile("test", text));
  Resolved resolved;
  const auto script = grammar::parse(sources, FileId::Main, resolved.diags);
  REQUIRE(script);
  REQUIRE_FALSE(resolved.diags.has_errors());
  const auto facts = kernel::make_fixture(kernel);
  resolved.program = sema::resolve(*script, *facts, options, resolved.diags);
  resolved.messages = diag::render(resolved.diags, sources, {});
  return resolved;
}

// The dump of a script without mistakes.
std::string dump(const std::string& text, const sema::Options& options = {}) {
  const Resolved resolved = resolve(text, options);
  INFO(resolved.messages);
  CHECK_FALSE(resolved.diags.has_errors());
  return hir::dump(resolved.program);
}

std::string repeat(const std::string& text, size_t count) {
  std::string all;
  for (size_t i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("a map's types come from the whole script, in any order", "[sema]") {
  CHECK(dump("BEGIN { @a = @b; } END { @b = @c; } interval:s:1 { @c = \"text\"; }")
            .find("map @a: string[5]") != std::string::npos);
  CHECK(dump("BEGIN { print(@a[1]); } END { @a[nsecs] = comm; }")
            .find("map @a[uint64]: string[16]") != std::string::npos);
}

TEST_CASE("a type that only depends on itself is an integer", "[sema]") {
  CHECK(dump("BEGIN { @a = @a + 1; let $x; $x = $x; }").find("map @a: int64") != std::string::npos);
}

TEST_CASE("a long chain of maps against the order of the script is resolved", "[sema]") {
  std::string script = "BEGIN {";
  for (int i = 0; i < 40; ++i)
    script += "@m" + std::to_string(i) + " = @m" + std::to_string(i + 1) + ";";
  CHECK(dump(script + "@m40 = \"a\"; }").find("map @m0: string[2]") != std::string::npos);
}

TEST_CASE("maps are in name order, whatever the order of use", "[sema]") {
  const auto program = resolve("BEGIN { @z = 1; @a = 2; @ = 3; }").program;
  REQUIRE(program.maps.size() == 3);
  CHECK(program.maps[0].name == "@");
  CHECK(program.maps[1].name == "@a");
  CHECK(program.maps[2].name == "@z");
}

TEST_CASE("a pattern's field must be in every match", "[sema]") {
  CHECK(dump("tracepoint:syscalls:sys_exit_* { print(args.ret); }").find("args.ret:int64") !=
        std::string::npos);
  const Resolved resolved = resolve("tracepoint:syscalls:sys_enter_* { print(args.fd); }");
  CHECK(resolved.diags.error_count() == 1);
  CHECK(resolved.messages.find("does not contain a field named 'fd'") != std::string::npos);
}

TEST_CASE("fields of system calls have their C types", "[sema]") {
  const std::string text =
      dump("tracepoint:syscalls:sys_enter_openat { print((args.dfd, args.filename, args.mode)); }");
  CHECK(text.find("args.dfd:int32") != std::string::npos);
  CHECK(text.find("args.filename:int8 *") != std::string::npos);
  CHECK(text.find("args.mode:uint16") != std::string::npos);
}

TEST_CASE("parameters that are not known yet take the type their place wants", "[sema]") {
  const std::string script =
      "BEGIN { print($1); print($1 + 1); print($2 == comm); } interval:s:$3 { }";
  const std::string unknown = dump(script);
  CHECK(unknown.find("PrintValue($1:string[256])") != std::string::npos);
  CHECK(unknown.find("($1:int64 + 1:int64)") != std::string::npos);
  CHECK(unknown.find("probe interval:s:$3") != std::string::npos);
  CHECK(dump("interval:$1:5, interval:$2, uprobe:$3:$4 { }").find("interval:$1:5") !=
        std::string::npos);
  sema::Options options;
  options.parameters = {"5", "bash", "2"};
  const std::string known = dump(script, options);
  CHECK(known.find("PrintValue($1:int64)") != std::string::npos);
  CHECK(known.find("probe interval:s:2") != std::string::npos);
  CHECK(resolve(script, options).program.parameter_count == 3);
}

TEST_CASE("one mistake gives one message", "[sema]") {
  CHECK(resolve("BEGIN { $x = nothing; $y = $x + 1; @a[$y] = $x; print(@a); if ($y) { } }")
            .diags.error_count() == 1);
  CHECK(resolve("macro m(x) { x } BEGIN { print(m(1) + other); }").diags.error_count() == 1);
  CHECK(resolve("nosuch:a, BEGIN { print(1); }").diags.error_count() == 1);
  CHECK(resolve("nosuch:a { @x = 1; } BEGIN { print(@x); }").diags.error_count() == 1);
  CHECK(resolve("BEGIN { for ($kv : @y) { @x = 1; } print(@x); }").diags.error_count() == 1);
}

TEST_CASE("a mistake in a body with several attach points is told once", "[sema]") {
  const Resolved resolved = resolve("BEGIN, END { nothing(); }");
  CHECK(resolved.diags.sorted().size() == 1);
}

TEST_CASE("deep nesting and long scripts are resolved", "[sema]") {
  dump("BEGIN { $x = " + repeat("(", 200) + "pid" + repeat(" + 1)", 200) + "; " +
       repeat("if (pid) { ", 200) + repeat("}", 200) + " }");
  const std::string line = "interval:s:1 { @a[pid, comm] = count(); $v = nsecs - @b; @b = $v; }\n";
  CHECK(resolve(repeat(line, 5000)).program.probes.size() == 5000);
}

TEST_CASE("a program is a function of its inputs", "[sema]") {
  const std::string script =
      "tracepoint:syscalls:*, BEGIN { @[probe] = count(); $x = pid; @b[$x, \"a\"] = hist(nsecs); }";
  CHECK(dump(script) == dump(script));
}

TEST_CASE("a kernel without type information has no structs, and a plain curtask", "[sema]") {
  CHECK(hir::dump(resolve("BEGIN { @t = curtask; }", {}, "/nonexistent").program)
            .find("map @t: uint64") != std::string::npos);
  const Resolved resolved =
      resolve("BEGIN { $t = (struct task_struct *)curtask; }", {}, "/nonexistent");
  REQUIRE(resolved.diags.error_count() == 1);
  CHECK(resolved.messages.find("kernel types cannot be read") != std::string::npos);
  CHECK(std::string(diag::row(resolved.diags.sorted()[0].id).tag) == "no-kernel-types");
}
