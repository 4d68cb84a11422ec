// Any bytes as a script: lexing, parsing, dumping and formatting never crash, and what was formatted
// parses again.
#include <cstdint>
#include <cstdlib>

#include "ast/dump.h"
#include "ast/format.h"
#include "parsed.h"

using namespace scry;
using tests::Parsed;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Parsed first(std::string(reinterpret_cast<const char*>(data), size));
  first.messages();
  if (!first.is_right()) return 0;
  const std::string tree = ast::dump(*first.script);
  const Parsed second(ast::format(*first.script, first.sources.main()));
  if (!second.is_right() || ast::dump(*second.script) != tree) std::abort();
  return 0;
}
