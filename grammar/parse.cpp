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

// Read as the body of a probe that stands where the macro does, so that all places are right. A macro's text has at
// least "#define x " before it.
ast::ExprPtr parse_expression(const SourceMap& sources, Span span, Diagnostics& diags) {
  constexpr std::string_view kBefore = "begin{";
  const SourceFile& file = sources.file(span.file);
  if (span.begin < kBefore.size()) return nullptr;
  std::string text(span.begin, ' ');
  text.replace(span.begin - kBefore.size(), kBefore.size(), kBefore);
  text += file.text(span);
  for (size_t at = text.find("\\\n"); at != text.npos; at = text.find("\\\n", at))
    text.replace(at, 2, "  ");
  text += "\n}";
  const SourceFile source(file.name(), std::move(text));
  const size_t before = diags.error_count();
  Tokens tokens = lex(source, span.file, diags);
  if (tokens.is_too_deep) return nullptr;
  mark_context(tokens);
  Builder builder(source, span.file, std::move(tokens), diags);
  Parser parser(builder);
  parser.parse();
  const auto script = builder.take();
  if (diags.error_count() > before || !script || script->items.size() != 1) return nullptr;
  auto* probe = std::get_if<ast::Probe>(&script->items.front());
  if (!probe) return nullptr;
  ast::Block& body = probe->body;
  if (body.stmts.size() + (body.value ? 1 : 0) != 1) return nullptr;
  if (body.value) return std::move(body.value);
  auto* only = std::get_if<ast::ExprStmt>(&body.stmts.front()->node);
  return only ? std::move(only->expr) : nullptr;
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
