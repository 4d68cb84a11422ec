#include "diag/diagnostics.h"

#include <algorithm>
#include <tuple>

namespace scry::diag {

namespace {

constexpr Row kRows[] = {
#define DIAG(id, tag, severity, text, hint) {tag, Severity::severity, hint},
#include "diag/diagnostics.def"
};

}  // namespace

const Row& row(Id id) { return kRows[static_cast<size_t>(id)]; }
size_t id_count() { return std::size(kRows); }

Diagnostic& Diagnostic::hint(std::string text) {
  if (!has_own_hint_) hints.clear();
  has_own_hint_ = true;
  hints.push_back(std::move(text));
  return *this;
}

Diagnostic& Diagnostic::label(Span span, std::string text) {
  labels.push_back({span, std::move(text)});
  return *this;
}

Diagnostic& Diagnostics::push(Id id, Span span, std::string text) {
  const Row& r = row(id);
  if (r.severity == Severity::Error) ++error_count_;
  Diagnostic d;
  d.id = id;
  d.severity = r.severity;
  d.span = span;
  d.text = std::move(text);
  if (*r.hint) d.hints.emplace_back(r.hint);
  list_.push_back(std::move(d));
  return list_.back();
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  std::vector<Diagnostic> list = list_;
  std::stable_sort(list.begin(), list.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.span.file, a.span.begin) < std::tie(b.span.file, b.span.begin);
  });
  const auto same = [](const Diagnostic& a, const Diagnostic& b) {
    return a.id == b.id && a.span == b.span && a.text == b.text;
  };
  list.erase(std::unique(list.begin(), list.end(), same), list.end());
  return list;
}

}  // namespace scry::diag
