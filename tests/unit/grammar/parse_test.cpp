#include "grammar/parse.h"

#include <catch2/catch.hpp>

#include "ast/dump.h"
#include "parsed.h"

using namespace scry;

namespace {

struct Parsed : tests::Parsed {
  using tests::Parsed::Parsed;
  const ast::Probe& probe(size_t index = 0) const {
    return std::get<ast::Probe>(script->items.at(index));
  }
  const ast::Stmt& stmt(size_t index = 0) const { return *probe().body.stmts.at(index); }
  std::string text(Span span) const { return std::string(sources.text(span)); }
  diag::Id first_id() const { return diags.sorted().at(0).id; }
};

std::string repeat(const std::string& text, size_t count) {
  std::string all;
  for (size_t i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("an empty script is a tree without items", "[grammar]") {
  for (const char* text : {"", "\n", "// nothing\n", "/* nothing */", "#!/usr/bin/env scry"}) {
    const Parsed parsed(text);
    REQUIRE(parsed.script);
    CHECK(parsed.diags.empty());
    CHECK(parsed.script->probe_count() == 0);
  }
}

TEST_CASE("spans hold exactly what was written", "[grammar]") {
  const Parsed parsed(
      "begin, kprobe:a:\"b\"+4 /pid == 1/ {\n  $x = ( 1 + f(2) );\n  if ($x) { g() }\n}\n");
  const ast::Probe& probe = parsed.probe();
  CHECK(probe.span.begin == 0);
  CHECK(parsed.text(probe.attach_points[1].span) == "kprobe:a:\"b\"+4");
  CHECK(parsed.text(probe.attach_points[1].args[1].span) == "\"b\"+4");
  CHECK(parsed.text(probe.predicate->span) == "pid == 1");
  CHECK(parsed.text(parsed.stmt(0).span) == "$x = ( 1 + f(2) )");
  CHECK(parsed.text(std::get<ast::Assign>(parsed.stmt(0).node).value->span) == "1 + f(2)");
  CHECK(parsed.text(parsed.stmt(1).span) == "if ($x) { g() }");
  CHECK(parsed.text(probe.body.span).ends_with("}"));
}

TEST_CASE("an attach point keeps apart what was quoted", "[grammar]") {
  const Parsed parsed(R"(uprobe:/a/b:"c\x41:d"+$1 { } )"
                      "usdt::n { }");
  const ast::AttachPoint& point = parsed.probe().attach_points[0];
  CHECK(point.provider.text() == "uprobe");
  REQUIRE(point.args.size() == 2);
  CHECK(point.args[0].text() == "/a/b");
  REQUIRE(point.args[1].pieces.size() == 2);
  CHECK(point.args[1].pieces[0].is_quoted);
  CHECK(point.args[1].pieces[0].text == "cA:d");
  CHECK_FALSE(point.args[1].pieces[1].is_quoted);
  CHECK(point.args[1].text() == "cA:d+$1");
  CHECK(parsed.probe(1).attach_points[0].args[0].text().empty());
}

TEST_CASE("comments are kept in order, those in the preamble too", "[grammar]") {
  const Parsed parsed(
      "/* a */\n#define X 1 // part of the line\n// b \nbegin /* c */ { f(/* d */); }");
  REQUIRE(parsed.script->comments.size() == 4);
  CHECK(parsed.text(parsed.script->comments[0]) == "/* a */");
  CHECK(parsed.text(parsed.script->comments[3]) == "/* d */");
  CHECK(parsed.script->c_definitions.at(0).text == "#define X 1 // part of the line");
}

TEST_CASE("what is right around an error is in the tree", "[grammar]") {
  const Parsed parsed("begin { f(); $x = ; g(); }\nend { 1 2 }\ninterval:s:1 { h(); }");
  CHECK(parsed.diags.error_count() == 2);
  REQUIRE(parsed.script);
  CHECK(parsed.script->probe_count() == 3);
  CHECK(parsed.probe().body.stmts.size() == 2);
}

TEST_CASE("nesting of 200 is fine", "[grammar]") {
  for (const auto& [open, middle, close] :
       std::vector<std::array<std::string, 3>>{{"(", "1", ")"},
                                               {"f(", "1", ")"},
                                               {"!", "1", ""},
                                               {"{", "1", "}"},
                                               {"(uint8)", "1", ""},
                                               {"if (1) { 2 } else {", "3", "}"},
                                               {"@m[", "1", "]"},
                                               {"(1, ", "2", ")"}}) {
    const Parsed parsed("begin { $x = " + repeat(open, 200) + middle + repeat(close, 200) + "; }");
    INFO(open);
    CHECK(parsed.diags.empty());
  }
  CHECK(Parsed("begin " + repeat("{ if (1) {", 100) + repeat("} }", 100)).diags.empty());
}

TEST_CASE("what is nested too deeply is one message", "[grammar]") {
  const size_t count = 100'000;
  for (const std::string& text :
       {repeat("(", count) + "1" + repeat(")", count), repeat("!", count) + "1",
        repeat("1+", count) + "1", repeat("1?2:", count) + "1", repeat("(int8)", count) + "1",
        "$x" + repeat("[1]", count), "$x" + repeat(".a", count),
        repeat("{", count) + repeat("}", count), repeat("comptime ", count) + "1",
        "sizeof(int8" + repeat("*", count) + ")"}) {
    const Parsed parsed("begin { $x = " + text + "; }");
    INFO(text.substr(0, 20));
    CHECK(parsed.diags.error_count() == 1);
    CHECK(parsed.first_id() == diag::Id::TooDeep);
  }
  const Parsed chain("begin { " + repeat("if (1) { } else ", 60'000) + "{ } }");
  CHECK(chain.first_id() == diag::Id::TooDeep);
}

TEST_CASE("a script of more than a MiB is one message", "[grammar]") {
  const Parsed parsed(repeat("begin { }\n", grammar::kMaxSourceSize / 10 + 1));
  CHECK(parsed.script == nullptr);
  CHECK(parsed.diags.error_count() == 1);
  CHECK(parsed.first_id() == diag::Id::SourceTooLarge);
}

TEST_CASE("any byte anywhere is an error at worst", "[grammar]") {
  const std::string text = "#define X 1\nbegin /1/ { $x = \"a\"; @m[1] = f(2); }";
  for (size_t at = 0; at <= text.size(); ++at) {
    Parsed cut(text.substr(0, at));
    for (int byte : std::initializer_list<int>{0, 1, '"', '\'', '\\', '/', '*', '{', '}', '(', '#',
                                               0x80, 0xff}) {
      std::string changed = text;
      changed.insert(at, 1, static_cast<char>(byte));
      const Parsed parsed(changed);
      CHECK(parsed.script != nullptr);
    }
  }
}

TEST_CASE("another file of the source map is parsed as itself", "[grammar]") {
  SourceMap sources;
  sources.add(SourceFile("main.bt", "begin { }"));
  const FileId other = sources.add(SourceFile("other.bt", "end { 1 2 }"));
  Diagnostics diags;
  const auto script = grammar::parse(sources, other, diags);
  REQUIRE(script);
  CHECK(script->file == other);
  CHECK(diags.sorted().at(0).span.file == other);
}
