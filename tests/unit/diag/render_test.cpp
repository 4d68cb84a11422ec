#include "diag/render.h"

#include <catch2/catch.hpp>

using namespace scry;

namespace {

SourceMap one_file(std::string text) {
  SourceMap map;
  map.add(SourceFile("x.bt", std::move(text)));
  return map;
}

}  // namespace

TEST_CASE("a message shows its place, its line and a mark", "[diag]") {
  const SourceMap sources = one_file("BEGIN { foo(); }\n");
  Diagnostics diags;
  diags.add<diag::Id::Syntax>({8, 11}, "what is foo");
  CHECK(diag::render(diags, sources, {}) ==
        "x.bt:1:9-12: ERROR: syntax: what is foo\n"
        "BEGIN { foo(); }\n"
        "        ~~~\n");
}

TEST_CASE("a span between two bytes still gets a mark", "[diag]") {
  const SourceMap sources = one_file("ab");
  Diagnostics diags;
  diags.add<diag::Id::Syntax>({1, 1}, "here");
  CHECK(diag::render(diags, sources, {}) == "x.bt:1:2-3: ERROR: syntax: here\nab\n ~\n");
}

TEST_CASE("a span over lines is marked on its first", "[diag]") {
  const SourceMap sources = one_file("a {\n  b\n}");
  Diagnostics diags;
  diags.add<diag::Id::Syntax>({2, 9}, "all of it");
  CHECK(diag::render(diags, sources, {}) == "x.bt:1-3: ERROR: syntax: all of it\na {\n  ~\n");
}

TEST_CASE("tabs stand in the mark's line as in the source", "[diag]") {
  const SourceMap sources = one_file("\tx y");
  Diagnostics diags;
  diags.add<diag::Id::Syntax>({3, 4}, "y");
  CHECK(diag::render(diags, sources, {}).ends_with("\tx y\n\t  ~\n"));
}

TEST_CASE("messages come in the order of their places, equal ones once", "[diag]") {
  const SourceMap sources = one_file("a b");
  Diagnostics diags;
  diags.add<diag::Id::Syntax>({2, 3}, "second");
  diags.add<diag::Id::Syntax>({0, 1}, "first");
  diags.add<diag::Id::Syntax>({2, 3}, "second");
  const std::string text = diag::render(diags, sources, {});
  CHECK(text.find("first") < text.find("second"));
  CHECK(text.find("second") == text.rfind("second"));
}

TEST_CASE("a row's hint shows until the caller gives a better one", "[diag]") {
  const SourceMap sources = one_file("a");
  Diagnostics own;
  own.add<diag::Id::NoProbes>({0, 1}).hint("try this");
  const std::string text = diag::render(own, sources, {});
  CHECK(text.find("HINT: try this\n") != std::string::npos);
  CHECK(text.find("a script needs a probe") == std::string::npos);

  Diagnostics usual;
  usual.add<diag::Id::NoProbes>({0, 1});
  CHECK(diag::render(usual, sources, {}).find("HINT: a script needs a probe") != std::string::npos);
}

TEST_CASE("tags are shown on request", "[diag]") {
  const SourceMap sources = one_file("a");
  Diagnostics diags;
  diags.add<diag::Id::Syntax>({0, 1}, "x");
  CHECK(diag::render(diags, sources, {.shows_tags = true}).find("ERROR: syntax: x [syntax]\n") !=
        std::string::npos);
}

TEST_CASE("past the limit errors are counted, not shown", "[diag]") {
  const SourceMap sources = one_file(std::string(50, 'a'));
  Diagnostics diags;
  for (uint32_t i = 0; i < 25; ++i) diags.add<diag::Id::Syntax>({i, i + 1}, "x");
  const std::string text = diag::render(diags, sources, {});
  CHECK(text.ends_with("5 more errors are not shown\n"));
  CHECK(diags.error_count() == 25);
}

TEST_CASE("a long line is cut around the mark", "[diag]") {
  const SourceMap sources = one_file(std::string(1000, 'a') + "X" + std::string(1000, 'b'));
  Diagnostics diags;
  diags.add<diag::Id::Syntax>({1000, 1001}, "x");
  const std::string text = diag::render(diags, sources, {});
  CHECK(text.size() < 450);
  CHECK(text.find('X') != std::string::npos);
}

TEST_CASE("an empty file has no line to show", "[diag]") {
  const SourceMap sources = one_file("");
  Diagnostics diags;
  diags.add<diag::Id::NoProbes>({0, 0});
  CHECK(diag::render(diags, sources, {}).starts_with("x.bt: ERROR: No probes to attach\nHINT: "));
}

TEST_CASE("labels point at the other place", "[diag]") {
  const SourceMap sources = one_file("a b");
  Diagnostics diags;
  diags.add<diag::Id::Syntax>({2, 3}, "x").label({0, 1}, "first seen here");
  CHECK(diag::render(diags, sources, {}).find("x.bt:1:1-2: first seen here\na b\n~\n") !=
        std::string::npos);
}

TEST_CASE("an error without a place has the same frame", "[diag]") {
  CHECK(diag::render(Error{.what = "cannot open `x`", .error_number = 2, .hint = "is it there?"},
                     {}) ==
        "ERROR: cannot open `x`: No such file or directory\nHINT: is it there?\n");
}
