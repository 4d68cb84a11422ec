#include "base/source.h"

#include <catch2/catch.hpp>

using namespace scry;

TEST_CASE("locations count lines and columns from one", "[base]") {
  const SourceFile file("x.bt", "ab\n\ncd");
  CHECK(file.location(0).line == 1);
  CHECK(file.location(0).column == 1);
  CHECK(file.location(2).column == 3);  // the newline belongs to the line it ends
  CHECK(file.location(3).line == 2);
  CHECK(file.location(4).line == 3);
  CHECK(file.location(4).column == 1);
  CHECK(file.location(6).line == 3);  // the end of the file is a place
  CHECK(file.location(6).column == 3);
}

TEST_CASE("a line comes without its newline", "[base]") {
  const SourceFile file("x.bt", "ab\n\ncd\n");
  CHECK(file.line(1) == "ab");
  CHECK(file.line(2) == "");
  CHECK(file.line(3) == "cd");
  CHECK(file.line(99) == "");
}

TEST_CASE("an empty file has a first line", "[base]") {
  const SourceFile file("x.bt", "");
  CHECK(file.location(0).line == 1);
  CHECK(file.location(0).column == 1);
  CHECK(file.line(1) == "");
}

TEST_CASE("cover is the smallest span that holds both", "[base]") {
  CHECK(cover({4, 6}, {1, 2}) == Span{1, 6});
  CHECK(cover({1, 9}, {3, 4}) == Span{1, 9});
}

TEST_CASE("a source map finds the file of a span", "[base]") {
  SourceMap map;
  CHECK(map.empty());
  const FileId first = map.add(SourceFile("a.bt", "hello"));
  const FileId second = map.add(SourceFile("b.bt", "world"));
  CHECK(first == FileId::Main);
  CHECK(map.count() == 2);
  CHECK(map.main().name() == "a.bt");
  CHECK(map.text({0, 3, second}) == "wor");
}
