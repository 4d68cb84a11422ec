#include "ast/format.h"

#include <algorithm>

#include "ast/format_expr.h"

namespace scry::ast {

namespace {

// Lays out items, blocks and statements; the comments between them are flushed in order as their
// places are passed. A comment inside of a statement comes to stand before it.
class Formatter {
 public:
  Formatter(const Script& script, const SourceFile& source)
      : script_(script),
        source_(source),
        exprs_(source, [this](const Block& block) { inline_block(block); }) {}

  std::string run() {
    if (script_.shebang) write(source_.text(*script_.shebang)), end_line();
    format_definitions();
    format_head();
    for (const Item& item : script_.items)
      std::visit(
          [this](const auto& each) {
            begin_item(each.span), format_item(each), end_item(each.span);
          },
          item);
    flush_comments(static_cast<uint32_t>(source_.text().size()), true);
    return std::move(out());
  }

 private:
  std::string& out() { return exprs_.out(); }
  void write(std::string_view text) { out() += text; }
  void end_line() { out() += '\n'; }
  void indent() { out().append(exprs_.depth() * 2, ' '); }

  // --- blank lines and comments

  // Was there a blank line before this place?
  bool has_blank_before(uint32_t place) const {
    const std::string_view text = source_.text();
    size_t newlines = 0;
    while (place > 0 && std::string_view(" \t\r\n\f\v").find(text[place - 1]) != text.npos)
      newlines += text[--place] == '\n';
    return newlines > 1;
  }
  // Keeps one blank line of those before `place`, but none at the start of a block or the script.
  void keep_blank(uint32_t place) {
    if (!out().empty() && !out().ends_with("\n\n") && !is_fresh_ && has_blank_before(place))
      end_line();
    is_fresh_ = false;
  }
  uint32_t line_of(uint32_t place) const { return source_.location(place).line; }
  bool has_comment_before(uint32_t place) const {
    return next_comment_ < script_.comments.size() && script_.comments[next_comment_].begin < place;
  }

  void write_comment() {
    std::string_view text = source_.text(script_.comments[next_comment_++]);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
      text.remove_suffix(1);
    write(text);
  }
  // The comments before `place`, on lines of their own.
  void flush_comments(uint32_t place, bool keeps_blanks) {
    while (has_comment_before(place)) {
      if (keeps_blanks) keep_blank(script_.comments[next_comment_].begin);
      indent();
      write_comment();
      end_line();
    }
  }
  // The comments behind `place` on its line, but before `limit`, then the line's end.
  void end_line_with_comments(uint32_t place, uint32_t limit) {
    while (has_comment_before(limit) &&
           line_of(script_.comments[next_comment_].begin) == line_of(place ? place - 1 : 0)) {
      write(" ");
      write_comment();
    }
    end_line();
  }

  // --- the head of the script

  void format_definitions() {
    if (script_.c_definitions.empty()) return;
    const Span all = cover(script_.c_definitions.front().span, script_.c_definitions.back().span);
    flush_comments(all.begin, true);
    keep_blank(all.begin);
    write(source_.text(all));  // with the comments in it
    while (has_comment_before(all.end)) ++next_comment_;
    end_line_with_comments(all.end, static_cast<uint32_t>(source_.text().size()));
  }

  void format_head() {
    bool is_config_done = !script_.config;
    const auto format_config_before = [&](uint32_t place) {
      if (is_config_done || script_.config->span.begin > place) return;
      is_config_done = true;
      begin_item(script_.config->span);
      format_config(*script_.config);
      end_item(script_.config->span);
    };
    for (const Import& import : script_.imports) {
      format_config_before(import.span.begin);
      begin_item(import.span);
      write("import ");
      write(source_.text(import.path.span));
      write(";");
      end_item(import.span);
    }
    format_config_before(static_cast<uint32_t>(source_.text().size()));
  }

  void format_config(const Config& config) {
    write("config = {\n");
    exprs_.indent();
    is_fresh_ = true;
    for (const ConfigEntry& entry : config.entries) {
      const Span span = cover(entry.key.span, entry.value->span);
      flush_comments(span.begin, true);
      keep_blank(span.begin);
      indent();
      write(entry.key.text + " = ");
      exprs_.expr(*entry.value);
      write(";");
      end_line_with_comments(span.end, config.span.end);
    }
    flush_comments(config.span.end, true);
    exprs_.dedent();
    write("}");
  }

  // --- items

  // An item's comments, those inside its head too; items with bodies stand apart.
  void begin_item(Span span) {
    flush_comments(span.begin, true);
    keep_blank(span.begin);
  }
  void end_item(Span span) {
    end_line_with_comments(span.end, static_cast<uint32_t>(source_.text().size()));
  }

  void format_item(const Probe& probe) {
    if (probe.name) write(probe.name->text + "=");
    const uint32_t body = probe.body.span.begin;
    const uint32_t predicate = probe.predicate ? probe.predicate->span.begin : body;
    for (size_t i = 0; i < probe.attach_points.size(); ++i) {
      const bool is_last = i + 1 == probe.attach_points.size();
      const Span span = probe.attach_points[i].span;
      flush_comments(span.begin, false);
      write(source_.text(span));
      if (!is_last) write(",");
      end_line_with_comments(span.end, is_last ? predicate : probe.attach_points[i + 1].span.begin);
    }
    if (probe.predicate) {
      flush_comments(probe.predicate->span.end, false);
      write("/");
      exprs_.expr(*probe.predicate, Level::Ternary);
      write("/");
      end_line_with_comments(probe.predicate->span.end, body);
    }
    flush_comments(body, false);
    format_block(probe.body);
  }

  void format_item(const Macro& macro) {
    flush_comments(macro.body.span.begin, false);
    write("macro " + macro.name.text + "(");
    for (size_t i = 0; i < macro.params.size(); ++i) {
      if (i > 0) write(", ");
      write(source_.text(macro.params[i].name.span));
    }
    write(")\n");
    format_block(macro.body);
  }

  void format_item(const Fn& fn) {
    flush_comments(fn.body.span.begin, false);
    write("fn " + fn.name.text + "(");
    for (size_t i = 0; i < fn.params.size(); ++i) {
      if (i > 0) write(", ");
      write("$" + fn.params[i].name.text + " : ");
      exprs_.type(*fn.params[i].type);
    }
    write(")");
    if (fn.result) write(" : "), exprs_.type(*fn.result);
    write("\n");
    format_block(fn.body);
  }

  void format_item(const MapDecl& map) {
    flush_comments(map.span.end, false);
    write("let @" + map.name.text + " = " + map.kind.text + "(");
    if (map.entry_count) exprs_.expr(*map.entry_count);
    write(");");
  }

  // --- blocks and statements

  void format_block(const Block& block) {
    write("{");
    const bool is_empty =
        block.stmts.empty() && !block.value && !has_comment_before(block.span.end);
    if (is_empty) return write("}");
    exprs_.indent();
    format_opening_comments(block);
    is_fresh_ = true;
    for (size_t i = 0; i < block.stmts.size(); ++i)
      format_line(*block.stmts[i], start_of(block, i + 1));
    if (block.value) format_value(*block.value, block.span.end);
    flush_comments(block.span.end, true);
    is_fresh_ = false;
    exprs_.dedent();
    indent();
    write("}");
  }

  // Where the statement `index` begins, or what follows the last one.
  static uint32_t start_of(const Block& block, size_t index) {
    if (index < block.stmts.size()) return block.stmts[index]->span.begin;
    return block.value ? block.value->span.begin : block.span.end;
  }

  // A comment behind the `{` stays there when nothing follows it on the line.
  void format_opening_comments(const Block& block) {
    const uint32_t first = start_of(block, 0);
    const bool is_alone = line_of(first) != line_of(block.span.begin);
    if (is_alone)
      end_line_with_comments(block.span.begin + 1, first);
    else
      end_line();
  }

  // A comment inside of a statement, but not of a block in it, is put before the statement.
  template <typename Node>
  void flush_inner_comments(const Node& node) {
    std::vector<Span> blocks;
    walk(&node, [&](NodeRef below) {
      const auto* const* block = std::get_if<const Block*>(&below);
      if (block) blocks.push_back((*block)->span);
      return !block;
    });
    // Comments are written in order, so those behind the first block's start wait for it.
    const uint32_t limit = blocks.empty() ? node.span.end : blocks.front().begin;
    flush_comments(limit, false);
  }

  // `next` is where what follows begins: a comment between here and there, on this line, is ours.
  void format_line(const Stmt& stmt, uint32_t next) {
    flush_comments(stmt.span.begin, true);
    keep_blank(stmt.span.begin);
    flush_inner_comments(stmt);
    indent();
    std::visit(*this, stmt.node);
    end_statement(stmt.span, next);
  }

  void format_value(const Expr& value, uint32_t next) {
    flush_comments(value.span.begin, true);
    keep_blank(value.span.begin);
    flush_inner_comments(value);
    indent();
    exprs_.expr(value, reads_as_value(value) ? Level::Any : Level::Ternary);
    end_statement(value.span, next);
  }

  // Comments left inside of the statement (between blocks) follow on lines of their own.
  void end_statement(Span span, uint32_t next) {
    if (has_comment_before(span.end)) {
      end_line();
      flush_comments(span.end, false);
    } else {
      end_line_with_comments(span.end, next);
    }
  }

  // A block expression: on one line if it is nothing but a value, else as any block.
  void inline_block(const Block& block) {
    const bool is_plain = block.stmts.empty() && block.value && !has_comment_before(block.span.end);
    if (!is_plain) return format_block(block);
    write("{ ");
    exprs_.expr(*block.value, reads_as_value(*block.value) ? Level::Any : Level::Ternary);
    write(" }");
  }

  void condition(const Expr& expr, bool is_comptime) {
    if (is_comptime) write("comptime ");
    write("(");
    exprs_.expr(expr);
    write(") ");
  }

 public:
  void operator()(const ExprStmt& n) {
    if (const auto* call = std::get_if<Call>(&n.expr->node))
      exprs_.call_statement(*call);
    else
      exprs_.expr(*n.expr, Level::Ternary);
    write(";");
  }
  void operator()(const Assign& n) {
    exprs_.expr(*n.target);
    write(" ");
    if (n.op) write(spelling(*n.op));
    write("= ");
    exprs_.expr(*n.value);
    write(";");
  }
  void operator()(const Discard& n) { write("_ = "), exprs_.expr(*n.value), write(";"); }
  void operator()(const Let& n) {
    write("let $" + n.name.text);
    if (n.type) write(" : "), exprs_.type(*n.type);
    if (n.value) write(" = "), exprs_.expr(*n.value);
    write(";");
  }
  void operator()(const If& n) {
    write("if ");
    condition(*n.condition, n.is_comptime);
    format_block(n.then);
    if (!n.otherwise) return;
    write(" else ");
    if (const auto* block = std::get_if<BlockStmt>(&n.otherwise->node))
      format_block(block->block);
    else
      std::visit(*this, n.otherwise->node);
  }
  void operator()(const Unroll& n) {
    write("unroll "), condition(*n.count, false), format_block(n.body);
  }
  void operator()(const While& n) {
    write("while "), condition(*n.condition, false), format_block(n.body);
  }
  void operator()(const ForRange& n) {
    write("for ($" + n.variable.text + " : ");
    exprs_.expr(*n.from, Level::Ternary);
    write("..");
    exprs_.expr(*n.to);
    write(") ");
    format_block(n.body);
  }
  void operator()(const ForEach& n) {
    write("for ($" + n.variable.text + " : ");
    exprs_.expr(*n.iterable);
    write(") ");
    format_block(n.body);
  }
  void operator()(const Break&) { write("break;"); }
  void operator()(const Continue&) { write("continue;"); }
  void operator()(const Return& n) {
    write("return");
    if (n.value) write(" "), exprs_.expr(*n.value);
    write(";");
  }
  void operator()(const BlockStmt& n) { format_block(n.block); }
  void operator()(const ImportStmt& n) {
    write("import "), write(source_.text(n.path.span)), write(";");
  }

 private:
  const Script& script_;
  const SourceFile& source_;
  ExprFormatter exprs_;
  size_t next_comment_ = 0;
  bool is_fresh_ = false;  // at the start of a block: no blank line here
};

}  // namespace

std::string format(const Script& script, const SourceFile& source) {
  return Formatter(script, source).run();
}

}  // namespace scry::ast
