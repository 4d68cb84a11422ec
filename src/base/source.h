// Source text and places in it. A Span is a byte range of one SourceFile; a Location is the
// 1-based line and column that people count. The list of files lives in SourceMap, so a Span stays
// eight bytes and a FileId finds its text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scry {

enum class FileId : uint16_t { Main = 0 };

// Bytes [begin, end) of a file. end == begin marks a place between two bytes.
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;
  FileId file = FileId::Main;

  bool operator==(const Span&) const = default;
};

// The smallest span that holds both; both lie in one file.
inline Span cover(Span a, Span b) {
  return {a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end, a.file};
}

struct Location {
  uint32_t line = 1;    // 1-based
  uint32_t column = 1;  // 1-based, in bytes
};

class SourceFile {
 public:
  SourceFile() = default;
  // `name` is what diagnostics print: the path as the user gave it, or "stdin" (also for -e).
  SourceFile(std::string name, std::string text);

  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  std::string_view text(Span span) const;
  Location location(uint32_t offset) const;
  // The line without its newline; line numbers beyond the file give "".
  std::string_view line(uint32_t number) const;

 private:
  std::string name_;
  std::string text_;
  std::vector<uint32_t> line_starts_;
};

class SourceMap {
 public:
  FileId add(SourceFile file);
  const SourceFile& file(FileId id) const { return files_[static_cast<size_t>(id)]; }
  const SourceFile& main() const { return file(FileId::Main); }
  bool empty() const { return files_.empty(); }
  size_t count() const { return files_.size(); }
  std::string_view text(Span span) const { return file(span.file).text(span); }

 private:
  std::vector<SourceFile> files_;
};

}  // namespace scry
