#include "grammar/parse.h"

#include <fmt/format.h>

#include "grammar/builder.h"
#include "grammar/context.h"
#include "grammar/lexer.h"

namespace scry::grammar {

namespace {

bool is_small_enough(const SourceFile& source, FileId file, Diagnostics& diags) {
  if (source.text().size() <= kMaxSourceSize) return true;
  diags.add<diag::Id::SourceTooLarge>(Span{0, 0, file}, source.text().size(), kMaxSourceSize);
  return false;
}

}  // namespace

std::unique_ptr<ast::Script> parse(const SourceMap& sources, FileId file, Diagnostics& diags) {
  const SourceFile& source = sources.file(file);
  if (!is_small_enough(source, file, diags)) return nullptr;
  Tokens tokens = lex(source, file, diags);
  if (tokens.is_too_deep) return nullptr;
  mark_context(tokens);
  Builder builder(source, file, std::move(tokens), diags);
  Parser parser(builder);
  parser.parse();  // its answer says whether it recovered; the diagnostics say more
  return builder.take();
}

std::string dump_tokens(const SourceMap& sources, FileId file, Diagnostics& diags) {
  const SourceFile& source = sources.file(file);
  if (!is_small_enough(source, file, diags)) return "";
  Tokens tokens = lex(source, file, diags);
  if (!tokens.is_too_deep) mark_context(tokens);
  std::string out;
  for (const Token& token : tokens.list) {
    const Location at = source.location(token.span.begin);
    out += fmt::format("{}:{} {}", at.line, at.column, token_name(token.kind));
    const std::string_view text = source.text(token.span);
    if (!text.empty() && text != token_name(token.kind)) out += fmt::format(" `{}`", text);
    out += '\n';
  }
  return out;
}

}  // namespace scry::grammar
