// Diagnostics: what is wrong with a script, as values. A stage adds to a Diagnostics list and
// returns what it could build; the driver renders the list once (diag/render.h). Every message is a
// row of diagnostics.def, so there is one list of them and each has a stable tag.
//
//   diags.add<diag::Id::UnknownIdentifier>(span, name).hint("did you mean `pid`?");
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "base/source.h"

namespace scry::diag {

enum class Severity { Error, Warning };

enum class Id {
#define DIAG(id, tag, severity, text, hint) id,
#include "diag/diagnostics.def"
};

struct Row {
  const char* tag;
  Severity severity;
  const char* hint;
};
const Row& row(Id id);
size_t id_count();

// Another place that makes the first one wrong.
struct Label {
  Span span;
  std::string text;
};

struct Diagnostic {
  Id id;
  Severity severity;
  Span span;
  std::string text;
  std::vector<Label> labels;
  std::vector<std::string> hints;

  // Chained while adding. The first hint replaces the row's default.
  Diagnostic& hint(std::string text);
  Diagnostic& label(Span span, std::string text);

 private:
  bool has_own_hint_ = false;
};

namespace detail {
template <Id id>
struct Text;
#define DIAG(id, tag, severity, text, hint)    \
  template <>                                  \
  struct Text<Id::id> {                        \
    static constexpr const char* value = text; \
  };
#include "diag/diagnostics.def"
}  // namespace detail

class Diagnostics {
 public:
  // Adds a message; its arguments are checked against the row's text at compile time. The reference
  // is valid until the next add.
  template <Id id, typename... Args>
  Diagnostic& add(Span span, Args&&... args) {
    constexpr fmt::format_string<Args...> text = detail::Text<id>::value;
    return push(id, span, fmt::format(text, std::forward<Args>(args)...));
  }

  bool has_errors() const { return error_count_ > 0; }
  size_t error_count() const { return error_count_; }
  bool empty() const { return list_.empty(); }
  // Sorted by place, equal ones once.
  std::vector<Diagnostic> sorted() const;

 private:
  Diagnostic& push(Id id, Span span, std::string text);

  std::vector<Diagnostic> list_;
  size_t error_count_ = 0;
};

}  // namespace scry::diag

namespace scry {
using diag::Diagnostics;
}
