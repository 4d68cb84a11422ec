// Any bytes as a script: lexing, parsing, dumping and formatting never crash, and what was formatted
// parses again.
#include <cstdint>
#include <cstdlib>

#include "ast/dump.h"
#include "ast/format.h"
#include "diag/render.h"
#include "grammar/parse.h"

using namespace scry;

namespace {

struct Parsed {
  SourceMap sources;
  Diagnostics diags;
  std::unique_ptr<ast::Script> script;

  explicit Parsed(std::string text) {
    sources.add(SourceFile("fuzz", std::move(text)));
    script = grammar::parse(sources, FileId::Main, diags);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Parsed first(std::string(reinterpret_cast<const char*>(data), size));
  diag::render(first.diags, first.sources, {});
  if (!first.script || first.diags.has_errors()) return 0;
  const std::string tree = ast::dump(*first.script);
  const Parsed second(ast::format(*first.script, first.sources.main()));
  if (!second.script || second.diags.has_errors() || ast::dump(*second.script) != tree) std::abort();
  return 0;
}
