#include "ast/format.h"

#include <catch2/catch.hpp>

#include "ast/dump.h"
#include "parsed.h"

using namespace scry;

namespace {

struct Parsed : tests::Parsed {
  explicit Parsed(std::string text) : tests::Parsed(std::move(text)) {
    INFO(messages());
    REQUIRE(diags.empty());
  }
};

std::string format(const Parsed& parsed) {
  return ast::format(*parsed.script, parsed.sources.main());
}

}  // namespace

// Every operator inside of every other, on both sides: parentheses must come back exactly where the
// tree needs them.
TEST_CASE("formatted operators parse to the same tree", "[ast]") {
  const std::vector<std::string> wraps = {"(# + 1)",
                                          "(1 + #)",
                                          "(# - 1)",
                                          "(1 - #)",
                                          "(# * 2)",
                                          "(2 * #)",
                                          "(# / 2)",
                                          "(2 / #)",
                                          "(# << 1)",
                                          "(1 << #)",
                                          "(# < 1)",
                                          "(1 < #)",
                                          "(# == 1)",
                                          "(1 == #)",
                                          "(# & 1)",
                                          "(1 & #)",
                                          "(# ^ 1)",
                                          "(1 ^ #)",
                                          "(# | 1)",
                                          "(1 | #)",
                                          "(# && 1)",
                                          "(1 && #)",
                                          "(# || 1)",
                                          "(1 || #)",
                                          "(# ? 1 : 2)",
                                          "(1 ? # : 2)",
                                          "(1 ? 2 : #)",
                                          "(# ?: 1)",
                                          "(1 ?: #)",
                                          "(!#)",
                                          "(-#)",
                                          "(~#)",
                                          "(*#)",
                                          "((uint8)(#))",
                                          "((name)(#))",
                                          "((s*)(#))",
                                          "((name[2])(#))",
                                          "((typeof($x))(#))",
                                          "(comptime #)",
                                          "f(#)",
                                          "(#).x",
                                          "(#)->x",
                                          "(#).0",
                                          "(#)[0]",
                                          "$x[#]",
                                          "@m[#]",
                                          "(#, 1)",
                                          "(x=#)",
                                          "{ # }",
                                          "{ f(); # }",
                                          "(if (#) { 1 } else { 2 })",
                                          "(if (1) { # } else { 2 })",
                                          "(if (1) { 2 } else { # })",
                                          "sizeof(#)",
                                          "typeof((#))",
                                          "offsetof((#), a)"};
  const std::vector<std::string> leaves = {"$x",    "(-1)",    "(++$x)", "(--@m)", "($x++)",
                                           "@m",    "name",    "1",      "(&$x)",  "(&@m)",
                                           "(*$x)", "name[1]", "f()",    "()",     "{ 1 }"};
  const auto wrapped = [](std::string wrap, const std::string& inner) {
    return wrap.replace(wrap.find('#'), 1, inner);
  };
  for (const std::string& outer : wraps) {
    std::string body;
    for (const std::string& inner : wraps) {
      for (const std::string& leaf : leaves)
        body += "$y = " + wrapped(outer, wrapped(inner, leaf)) + ";\n";
    }
    const Parsed first("begin {\n" + body + "}");
    const Parsed second(format(first));
    INFO(outer);
    CHECK(ast::dump(*first.script) == ast::dump(*second.script));
    CHECK(format(first) == format(second));
  }
}

TEST_CASE("an expression statement is not read as a block or an if", "[ast]") {
  for (const char* text :
       {"begin { ({ 1 }); }", "begin { (if (1) { 2 } else { 3 }); }", "begin { ({ 1 }) + 2; }",
        "macro m() { ({ f(); }) }", "macro m() { (if (1) { 2 } else { }) }",
        "macro m() { if (1) { { 2 } } else if (3) { 4 } else { 5 } }",
        "fn f() : int8* { return 1; }"}) {
    const Parsed first(text);
    const Parsed second(format(first));
    CHECK(ast::dump(*first.script) == ast::dump(*second.script));
  }
}

TEST_CASE("an empty script formats to nothing", "[ast]") { CHECK(format(Parsed("\n\n")) == ""); }
