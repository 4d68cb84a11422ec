// A script that tests made of bytes: its source, its tree and what was said about it. Script points into
// sources, so the three stay together.
#pragma once

#include <memory>
#include <string>

#include "diag/render.h"
#include "grammar/parse.h"

namespace scry::tests {

struct Parsed {
  SourceMap sources;
  Diagnostics diags;
  std::unique_ptr<ast::Script> script;  // null when nothing can be made of the text

  explicit Parsed(std::string text, std::string name = "test.bt") {
    sources.add(SourceFile(std::move(name), std::move(text)));
    script = grammar::parse(sources, FileId::Main, diags);
  }
  bool is_right() const { return script && !diags.has_errors(); }
  std::string messages() const { return diag::render(diags, sources, {}); }
};

}  // namespace scry::tests
