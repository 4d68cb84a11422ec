// The one renderer of diagnostics: the frame around a message is decided here only.
//
//   FILE:LINE:COL-COL: ERROR: text
//   <source line>
//   ~~~
//   HINT: advice
//
// Also the shape of errors that have no place in a script (a Result's Error).
#pragma once

#include <string>

#include "base/result.h"
#include "base/source.h"
#include "diag/diagnostics.h"

namespace scry::diag {

struct RenderOptions {
  bool has_color = false;
  bool shows_tags = false;  // -v: the message's tag after its text
  bool shows_warnings = true;
  size_t most_errors = 20;  // the rest are counted, not shown
};

// "FILE:L:C-C: " for a span on one line, "FILE:L-L: " for one over several.
std::string place(const SourceFile& file, Span span);

// Everything the list holds, sorted by place, ready for stderr.
std::string render(const Diagnostics& diags, const SourceMap& sources,
                   const RenderOptions& options);

// One message of severity Warning about a place of a file, as the list's are shown.
std::string render_warning(const SourceFile& file, Span span, const std::string& text,
                           const RenderOptions& options);

// "ERROR: cannot open `x`: No such file or directory\nHINT: …\n"
std::string render(const Error& error, const RenderOptions& options);

}  // namespace scry::diag
