// The dump: one line a statement, expressions as text with the type after each leaf and each cast.
#include <fmt/format.h>

#include "base/strings.h"
#include "hir/hir.h"

namespace scry::hir {

namespace {

std::string_view spelling(BinaryOp op) {
  constexpr std::string_view kSpellings[] = {"+",  "-",  "*",  "/",  "%", "&",  "|", "^",
                                             "<<", ">>", "==", "!=", "<", "<=", ">", ">="};
  return kSpellings[static_cast<size_t>(op)];
}

std::string_view spelling(UnaryOp op) {
  constexpr std::string_view kSpellings[] = {"-", "~", "!"};
  return kSpellings[static_cast<size_t>(op)];
}

std::string_view name(lang::EventKind kind) {
  constexpr std::string_view kNames[] = {
#define EVENT(id, summary) #id,
#include "lang/events.def"
  };
  return kNames[static_cast<size_t>(kind)];
}

class Dumper {
 public:
  explicit Dumper(const Program& program) : program_(program) {}

  std::string run() {
    for (const MapDecl& map : program_.maps) {
      const std::string key = map.is_scalar() ? "" : fmt::format("[{}]", types::to_string(map.key));
      line(fmt::format("map {}{}: {}, {} entries", map.name, key, types::to_string(map.value),
                       map.max_entries));
    }
    if (program_.parameter_count > 0) line(fmt::format("parameters: {}", program_.parameter_count));
    for (const Probe& probe : program_.probes) this->probe(probe);
    return std::move(out_);
  }

 private:
  void line(std::string_view text) {
    out_.append(depth_ * 2, ' ');
    out_ += text;
    out_ += '\n';
  }

  void probe(const Probe& probe) {
    probe_ = &probe;
    for (const lang::AttachPoint& point : probe.attach_points)
      line(fmt::format("probe {}{}", point.text,
                       point.offset ? fmt::format(" (offset {})", point.offset) : ""));
    ++depth_;
    for (const VariableDecl& variable : probe.variables)
      line(fmt::format("let {}: {}", variable.name, types::to_string(variable.type)));
    block(probe.body);
    --depth_;
  }

  void block(const Block& block) {
    for (const StmtPtr& stmt : block)
      std::visit([&](const auto& node) { (*this)(node); }, stmt->node);
  }

  void nested(const Block& inner) {
    ++depth_;
    block(inner);
    --depth_;
  }

  // --- names
  std::string variable(VariableId id) const {
    // Two variables of one name in different scopes differ by their number.
    return fmt::format("{}.{}", probe_->variables[static_cast<size_t>(id)].name,
                       static_cast<size_t>(id));
  }
  std::string element(MapId id, const ExprPtr& key) const {
    const std::string& map = program_.maps[static_cast<size_t>(id)].name;
    return key ? fmt::format("{}[{}]", map, expr(key)) : map;
  }
  std::string list(const std::vector<ExprPtr>& exprs) const {
    std::vector<std::string> parts;
    for (const ExprPtr& e : exprs) parts.push_back(expr(e));
    return join(parts, ", ");
  }

  // --- statements
  void operator()(const Evaluate& s) { line("evaluate " + expr(s.value)); }
  void operator()(const AssignVariable& s) {
    line(fmt::format("{} = {}", variable(s.id), expr(s.value)));
  }
  void operator()(const AssignMap& s) {
    line(fmt::format("{} = {}", element(s.map, s.key), expr(s.value)));
  }
  void operator()(const UpdateMap& s) {
    line(fmt::format("{} {}= {}", element(s.map, s.key), spelling(s.op), expr(s.value)));
  }
  void operator()(const Aggregate& s) {
    line(fmt::format("aggregate {} <- {}", element(s.map, s.key), s.value ? expr(s.value) : "1"));
  }
  void operator()(const Emit& s) {
    const lang::EventFormat& format = program_.formats[static_cast<size_t>(s.format)];
    std::string text = fmt::format("emit {}", name(format.kind));
    if (!format.text.empty()) text += fmt::format(" \"{}\"", escape(format.text));
    if (format.map != lang::kNoMap) text += " " + program_.maps[format.map].name;
    line(fmt::format("{}({})", text, list(s.arguments)));
  }
  void operator()(const If& s) {
    line("if " + expr(s.condition));
    nested(s.then);
    if (s.otherwise.empty()) return;
    line("else");
    nested(s.otherwise);
  }
  void operator()(const Loop& s) {
    line("while " + expr(s.condition));
    nested(s.body);
    if (s.step.empty()) return;
    line("step");
    nested(s.step);
  }
  void operator()(const ForRange& s) {
    line(fmt::format("for {} : {}..{}", variable(s.variable), expr(s.from), expr(s.to)));
    nested(s.body);
  }
  void operator()(const ForEach& s) {
    line(fmt::format("for {} : {}", variable(s.variable), element(s.map, nullptr)));
    nested(s.body);
  }
  void operator()(const Break&) { line("break"); }
  void operator()(const Continue&) { line("continue"); }
  void operator()(const Return&) { line("return"); }
  void operator()(const Block& s) {
    line("block");
    nested(s);
  }

  // --- expressions
  std::string expr(const ExprPtr& expr) const {
    return std::visit([&](const auto& node) { return (*this)(node, expr->type); }, expr->node);
  }
  std::string operator()(const IntLiteral& e, const Type& type) const {
    if (type.is(types::Kind::Bool)) return e.value ? "true" : "false";
    if (type.is_poison()) return "<error>";
    if (type.is_signed)
      return fmt::format("{}:{}", static_cast<int64_t>(e.value), types::to_string(type));
    return fmt::format("{}:{}", e.value, types::to_string(type));
  }
  std::string operator()(const StringLiteral& e, const Type& type) const {
    return fmt::format("\"{}\":{}", escape(e.bytes), types::to_string(type));
  }
  std::string operator()(const Parameter& e, const Type& type) const {
    return fmt::format("${}:{}", e.index, types::to_string(type));
  }
  std::string operator()(const ParameterCount&, const Type&) const { return "$#"; }
  std::string operator()(const Builtin& e, const Type& type) const {
    const bool has_number = e.id == lang::BuiltinId::Arg;
    return fmt::format("{}{}:{}", lang::row(e.id).name, has_number ? std::to_string(e.number) : "",
                       type.is(types::Kind::ProbeName) ? "probe_name" : types::to_string(type));
  }
  std::string operator()(const TracepointField& e, const Type& type) const {
    return fmt::format("args.{}:{}", e.name, types::to_string(type));
  }
  std::string operator()(const RawArgument& e, const Type& type) const {
    return fmt::format("args.{}:{}", e.name, types::to_string(type));
  }
  std::string operator()(const Member& e, const Type& type) const {
    return fmt::format("{}->{}:{}", expr(e.base), e.path, types::to_string(type));
  }
  std::string operator()(const Layout& e, const Type&) const {
    return e.is_offset ? fmt::format("offsetof({}, {})", e.record, e.path)
                       : fmt::format("sizeof({}{}{})", e.record, e.path.empty() ? "" : ".", e.path);
  }
  std::string operator()(const Variable& e, const Type&) const { return variable(e.id); }
  std::string operator()(const MapRead& e, const Type&) const { return element(e.map, e.key); }
  std::string operator()(const StringAtPointer& e, const Type& type) const {
    const std::string length = e.length ? ", " + expr(e.length) : "";
    return fmt::format("str({}{}):{}", expr(e.pointer), length, types::to_string(type));
  }
  std::string operator()(const Deref& e, const Type& type) const {
    return fmt::format("*({}):{}", expr(e.pointer), types::to_string(type));
  }
  std::string operator()(const Unary& e, const Type&) const {
    return fmt::format("{}({})", spelling(e.op), expr(e.operand));
  }
  std::string operator()(const Binary& e, const Type&) const {
    const bool is_signed = e.left->type.is_signed;
    const bool has_sign = e.op == BinaryOp::Divide || e.op == BinaryOp::Modulo ||
                          e.op == BinaryOp::ShiftRight || e.op >= BinaryOp::Less;
    return fmt::format("({} {}{} {})", expr(e.left), spelling(e.op),
                       has_sign && !is_signed ? "u" : "", expr(e.right));
  }
  std::string operator()(const Logical& e, const Type&) const {
    return fmt::format("({} {} {})", expr(e.left), e.is_and ? "&&" : "||", expr(e.right));
  }
  std::string operator()(const Conditional& e, const Type&) const {
    return fmt::format("({} ? {} : {})", expr(e.condition), expr(e.if_true), expr(e.if_false));
  }
  std::string operator()(const Cast& e, const Type& type) const {
    return fmt::format("{}({})", types::to_string(type), expr(e.operand));
  }
  std::string operator()(const IncrementVariable& e, const Type&) const {
    return step(variable(e.id), e.step, e.is_prefix);
  }
  std::string operator()(const IncrementMap& e, const Type&) const {
    return step(element(e.map, e.key), e.step, e.is_prefix);
  }
  std::string operator()(const TupleValue& e, const Type& type) const {
    return fmt::format("({}):{}", list(e.elements), types::to_string(type));
  }
  std::string operator()(const TupleField& e, const Type&) const {
    return fmt::format("{}.{}", expr(e.tuple), e.index);
  }
  std::string operator()(const Call& e, const Type& type) const {
    const std::string text = e.text.empty() ? "" : fmt::format("\"{}\"", escape(e.text));
    return fmt::format("{}({}{}):{}", lang::row(e.id).name, text, list(e.arguments),
                       types::to_string(type));
  }
  std::string operator()(const TextOf& e, const Type& type) const {
    return fmt::format("text {} of {}:{}", expr(e.number), e.texts.size(), types::to_string(type));
  }
  std::string operator()(const Symbol& e, const Type& type) const {
    return fmt::format("symbol({}):{}", expr(e.address), types::to_string(type));
  }
  std::string operator()(const DeleteElement& e, const Type&) const {
    return fmt::format("delete({})", element(e.map, e.key));
  }
  std::string operator()(const HasElement& e, const Type&) const {
    return fmt::format("has_key({})", element(e.map, e.key));
  }
  std::string operator()(const MapLength& e, const Type&) const {
    return fmt::format("len({})", element(e.map, nullptr));
  }
  std::string operator()(const StringLength& e, const Type&) const {
    return fmt::format("strlen({})", expr(e.string));
  }
  std::string operator()(const StringsDiffer& e, const Type&) const {
    return fmt::format("strncmp({}, {}, {})", expr(e.left), expr(e.right), e.count);
  }
  static std::string step(const std::string& place, int64_t step, bool is_prefix) {
    return fmt::format("{}({} {} {})", is_prefix ? "pre" : "post", place, step < 0 ? "-" : "+",
                       step < 0 ? -step : step);
  }

  const Program& program_;
  const Probe* probe_ = nullptr;
  size_t depth_ = 0;
  std::string out_;
};

}  // namespace

std::string dump(const Program& program) { return Dumper(program).run(); }

}  // namespace scry::hir
