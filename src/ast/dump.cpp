#include "ast/dump.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace scry::ast {

namespace {

// One line a node: `(Kind details` with its children below it, two blanks further in.
class Dumper {
 public:
  std::string take() { return std::move(out_); }

  void line(const std::string& text) { out_ += fmt::format("{:{}}{}\n", "", depth_ * 2, text); }

  template <typename... Nodes>
  void node(const std::string& head, const Nodes&... below) {
    line(head);
    ++depth_;
    (add(below), ...);
    --depth_;
  }

  void add(const Block& n) {
    line("Block");
    ++depth_;
    add(n.stmts);
    if (n.value) node("Value", n.value);
    --depth_;
  }
  void add(const Expr* n) { std::visit(*this, n->node); }
  void add(const Stmt* n) { std::visit(*this, n->node); }
  void add(const Type* n) { std::visit(*this, n->node); }
  void add(const Block* n) { add(*n); }
  template <typename T>
  void add(const std::unique_ptr<T>& n) {
    if (n) std::visit(*this, n->node);
  }
  template <typename T>
  void add(const std::vector<T>& list) {
    for (const T& each : list) add(each);
  }
  void add(const RecordField& n) { node(fmt::format("Field {}", n.name.text), n.value); }
  void add(const FnParam& n) { node(fmt::format("Param ${}", n.name.text), n.type); }
  void add(const MacroParam& n) {
    switch (n.kind) {
      case MacroParam::Kind::Expr: return line("Param " + n.name.text);
      case MacroParam::Kind::Scratch: return line("Param $" + n.name.text);
      case MacroParam::Kind::Map: return line("Param @" + n.name.text);
    }
  }
  void add(const AttachPoint& n) {
    std::string text = "AttachPoint " + part(n.provider);
    for (const AttachPart& arg : n.args) text += " : " + part(arg);
    line(text);
  }
  void add(const Script& script) {
    for (const CDefinition& each : script.c_definitions)
      line(fmt::format("CDefinition {}", quote(each.text)));
    if (script.config) {
      line("Config");
      ++depth_;
      for (const ConfigEntry& entry : script.config->entries)
        node("Entry " + entry.key.text, entry.value);
      --depth_;
    }
    for (const Import& each : script.imports) line(fmt::format("Import {}", quote(each.path.text)));
    for (const Item& item : script.items) std::visit(*this, item);
  }

  // --- types
  void operator()(const NamedType& n) { line("NamedType " + n.name); }
  void operator()(const TaggedType& n) {
    line(fmt::format("TaggedType {} {}", spelling(n.tag), n.name.text));
  }
  void operator()(const TypeofType& n) { node("TypeofType", n.operand); }
  void operator()(const PointerType& n) { node("PointerType", n.target); }
  void operator()(const ArrayType& n) { node("ArrayType", n.element, n.count); }

  // --- expressions
  void operator()(const Integer& n) {
    line(fmt::format("Integer {}{} {}", n.value, n.is_unsigned ? "u" : "", n.text));
  }
  void operator()(const String& n) { line("String " + quote(n.value)); }
  void operator()(const Bool& n) { line(n.value ? "Bool true" : "Bool false"); }
  void operator()(const Identifier& n) { line("Identifier " + n.name); }
  void operator()(const Scratch& n) { line("Scratch $" + n.name); }
  void operator()(const Map& n) { node("Map @" + n.name, n.keys); }
  void operator()(const Positional& n) { line(fmt::format("Positional ${}", n.index)); }
  void operator()(const PositionalCount&) { line("PositionalCount"); }
  void operator()(const Unary& n) { node(fmt::format("Unary {}", spelling(n.op)), n.operand); }
  void operator()(const Step& n) {
    node(
        fmt::format("Step {} {}", n.is_prefix ? "prefix" : "postfix", n.is_increment ? "++" : "--"),
        n.target);
  }
  void operator()(const Binary& n) {
    node(fmt::format("Binary {}", spelling(n.op)), n.left, n.right);
  }
  void operator()(const Ternary& n) {
    if (n.then)
      node("Ternary", n.condition, n.then, n.otherwise);
    else
      node("Ternary ?:", n.condition, n.otherwise);
  }
  void operator()(const Cast& n) { node("Cast", n.type, n.operand); }
  void operator()(const Call& n) { node("Call " + n.callee.text, n.args); }
  void operator()(const Field& n) {
    node(fmt::format("Field {}{}", n.is_arrow ? "->" : ".", n.name.text), n.object);
  }
  void operator()(const TupleIndex& n) { node(fmt::format("TupleIndex .{}", n.index), n.object); }
  void operator()(const ArrayIndex& n) { node("ArrayIndex", n.object, n.index); }
  void operator()(const Tuple& n) { node("Tuple", n.elements); }
  void operator()(const Record& n) { node("Record", n.fields); }
  void operator()(const BlockExpr& n) { node("BlockExpr", n.block); }
  void operator()(const IfExpr& n) {
    node(n.is_comptime ? "IfExpr comptime" : "IfExpr", n.condition, n.then, n.otherwise);
  }
  void operator()(const Comptime& n) { node("Comptime", n.operand); }
  void operator()(const TypeOperand& n) { node("TypeOperand", n.type); }
  void operator()(const Sizeof& n) { node("Sizeof", n.operand); }
  void operator()(const Typeof& n) { node("Typeof", n.operand); }
  void operator()(const Typeinfo& n) { node("Typeinfo", n.operand); }
  void operator()(const Offsetof& n) {
    std::string path;
    for (const Name& name : n.path) path += (path.empty() ? "" : ".") + name.text;
    node("Offsetof " + path, n.operand);
  }

  // --- statements
  void operator()(const ExprStmt& n) { node("ExprStmt", n.expr); }
  void operator()(const Assign& n) {
    node(fmt::format("Assign {}=", n.op ? spelling(*n.op) : ""), n.target, n.value);
  }
  void operator()(const Discard& n) { node("Discard", n.value); }
  void operator()(const Let& n) { node("Let $" + n.name.text, n.type, n.value); }
  void operator()(const If& n) {
    node(n.is_comptime ? "If comptime" : "If", n.condition, n.then, n.otherwise);
  }
  void operator()(const Unroll& n) { node("Unroll", n.count, n.body); }
  void operator()(const While& n) { node("While", n.condition, n.body); }
  void operator()(const ForRange& n) { node("ForRange $" + n.variable.text, n.from, n.to, n.body); }
  void operator()(const ForEach& n) { node("ForEach $" + n.variable.text, n.iterable, n.body); }
  void operator()(const Break&) { line("Break"); }
  void operator()(const Continue&) { line("Continue"); }
  void operator()(const Return& n) { node("Return", n.value); }
  void operator()(const BlockStmt& n) { node("BlockStmt", n.block); }
  void operator()(const ImportStmt& n) { line("ImportStmt " + quote(n.path.text)); }

  // --- items
  void operator()(const Probe& n) {
    line(n.name ? "Probe " + n.name->text : "Probe");
    ++depth_;
    add(n.attach_points);
    if (n.predicate) node("Predicate", n.predicate);
    add(n.body);
    --depth_;
  }
  void operator()(const Macro& n) { node("Macro " + n.name.text, n.params, n.body); }
  void operator()(const Fn& n) { node("Fn " + n.name.text, n.params, n.result, n.body); }
  void operator()(const MapDecl& n) {
    node(fmt::format("MapDecl @{} {}", n.name.text, n.kind.text), n.entry_count);
  }

 private:
  static std::string quote(std::string_view bytes) { return "\"" + escape(bytes) + "\""; }
  static std::string part(const AttachPart& part) {
    std::string text;
    for (const AttachPart::Piece& piece : part.pieces)
      text += piece.is_quoted ? quote(piece.text) : piece.text;
    return text;
  }

  std::string out_;
  size_t depth_ = 0;
};

}  // namespace

std::string dump(const Script& script) {
  Dumper dumper;
  dumper.add(script);
  return dumper.take();
}

std::string dump(NodeRef node) {
  Dumper dumper;
  std::visit([&](const auto* n) { dumper.add(n); }, node);
  return dumper.take();
}

}  // namespace scry::ast
