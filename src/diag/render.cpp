#include "diag/render.h"

#include <fmt/format.h>

#include <algorithm>

namespace scry::diag {

namespace {

constexpr size_t kWidestExcerpt = 160;  // of a longer line only the part around the span is shown

std::string_view color(const RenderOptions& options, Severity severity) {
  if (!options.has_color) return "";
  return severity == Severity::Error ? "\033[31m" : "\033[33m";
}

std::string_view color_end(const RenderOptions& options) {
  return options.has_color ? "\033[0m" : "";
}

std::string headline(const SourceFile& file, Span span, Severity severity, const std::string& text,
                     const RenderOptions& options) {
  const bool has_place = !file.text().empty();
  return fmt::format("{}{}{}: {}{}\n", color(options, severity),
                     has_place ? place(file, span) : file.name() + ": ",
                     severity == Severity::Error ? "ERROR" : "WARNING", text, color_end(options));
}

// The first line of the span and a row of `~` under it.
std::string excerpt(const SourceFile& file, Span span) {
  const Location from = file.location(span.begin);
  const Location to = file.location(std::max(span.begin, span.end));
  std::string_view line = file.line(from.line);
  size_t begin = from.column - 1;
  size_t end = from.line == to.line ? to.column - 1 : line.size();
  if (line.size() > kWidestExcerpt) {
    const size_t shift = begin > kWidestExcerpt / 2 ? begin - kWidestExcerpt / 2 : 0;
    line = line.substr(std::min(shift, line.size()), kWidestExcerpt);
    begin -= shift, end -= shift;
  }
  end = std::clamp(end, begin + 1, std::max(begin + 1, line.size()));
  std::string under;
  for (size_t i = 0; i < begin && i < line.size(); ++i) under += line[i] == '\t' ? '\t' : ' ';
  under.append(end - begin, '~');
  return fmt::format("{}\n{}\n", line, under);
}

}  // namespace

std::string place(const SourceFile& file, Span span) {
  const Location from = file.location(span.begin);
  const Location to = file.location(std::max(span.begin, span.end));
  if (from.line != to.line && to.column > 1)
    return fmt::format("{}:{}-{}: ", file.name(), from.line, to.line);
  if (from.line != to.line) return fmt::format("{}:{}:{}: ", file.name(), from.line, from.column);
  return fmt::format("{}:{}:{}-{}: ", file.name(), from.line, from.column,
                     std::max(to.column, from.column + 1));
}

std::string render(const Diagnostics& diags, const SourceMap& sources,
                   const RenderOptions& options) {
  std::string out;
  size_t errors = 0;
  for (const Diagnostic& d : diags.sorted()) {
    const bool is_error = d.severity == Severity::Error;
    if (is_error && errors++ >= options.most_errors) continue;
    if (!is_error && !options.shows_warnings) continue;
    const SourceFile& file = sources.file(d.span.file);
    const std::string tag = options.shows_tags ? fmt::format(" [{}]", row(d.id).tag) : "";
    out += headline(file, d.span, d.severity, d.text + tag, options);
    if (!file.text().empty()) out += excerpt(file, d.span);
    for (const Label& label : d.labels) {
      const SourceFile& other = sources.file(label.span.file);
      out += place(other, label.span) + label.text + "\n" + excerpt(other, label.span);
    }
    for (const std::string& hint : d.hints) out += fmt::format("HINT: {}\n", hint);
  }
  if (errors > options.most_errors)
    out += fmt::format("{} more errors are not shown\n", errors - options.most_errors);
  return out;
}

std::string render_warning(const SourceFile& file, Span span, const std::string& text,
                           const RenderOptions& options) {
  return headline(file, span, Severity::Warning, text, options) +
         (file.text().empty() ? "" : excerpt(file, span));
}

std::string render(const Error& error, const RenderOptions& options) {
  std::string out = fmt::format("{}ERROR: {}{}\n", color(options, Severity::Error), error.message(),
                                color_end(options));
  if (!error.hint.empty()) out += fmt::format("HINT: {}\n", error.hint);
  return out;
}

}  // namespace scry::diag
