#include "driver/compile.h"

#include <algorithm>

#include "ast/dump.h"
#include "ast/format.h"
#include "codegen/codegen.h"
#include "grammar/parse.h"
#include "kernel/facts.h"
#include "plan/io.h"
#include "sema/sema.h"

namespace scry::driver {

namespace {

struct StageName {
  Stage stage;
  const char* name;
  const char* alias;  // bpftrace's
  const char* heading;
};

constexpr StageName kStages[] = {
    {Stage::Lex, "lex", "", "Tokens"},
    {Stage::Ast, "ast", "", "AST"},
    {Stage::Hir, "hir", "types", "HIR"},
    {Stage::Llvm, "llvm", "codegen", "LLVM module"},
    {Stage::LlvmOptimized, "llvm-opt", "codegen-opt", "LLVM module, optimized"},
    {Stage::Object, "elf", "", "BPF object"},
    {Stage::Plan, "plan", "", "Plan"},
};

// Gathers the dumps that were asked for.
class Dumps {
 public:
  Dumps(const CompileOptions& options, std::string& out) : options_(options), out_(out) {}

  bool wants(Stage stage) const {
    return options_.emit == stage ||
           std::count(options_.shown.begin(), options_.shown.end(), stage);
  }
  // True when this was the last stage.
  bool add(Stage stage, const std::string& text) {
    if (options_.emit == stage) {
      out_ = text;
      return true;
    }
    out_ += std::string(kStages[static_cast<size_t>(stage)].heading) + "\n" + text;
    if (!out_.ends_with('\n')) out_ += '\n';
    out_ += '\n';
    return false;
  }

 private:
  const CompileOptions& options_;
  std::string& out_;
};

// The plan, and through `codegen_options` the stages on the way to it.
std::optional<plan::Plan> generate(const hir::Program& program, const SourceMap& sources,
                                   const CompileOptions& options, Dumps& dumps, Compiled& compiled,
                                   Diagnostics& diags) {
  codegen::Options codegen_options;
  codegen_options.verifies_module = options.verifies_llvm;
  codegen_options.tells_failures = options.tells_failures;
  if (dumps.wants(Stage::Llvm) || options.keeps_files) codegen_options.ir = &compiled.ir;
  if (dumps.wants(Stage::LlvmOptimized) || options.keeps_files)
    codegen_options.optimized_ir = &compiled.optimized_ir;
  if (dumps.wants(Stage::Object) || options.keeps_files) codegen_options.object = &compiled.object;
  plan::Plan plan = codegen::generate(program, sources, codegen_options, diags);
  if (dumps.wants(Stage::Llvm) && dumps.add(Stage::Llvm, compiled.ir)) return {};
  if (dumps.wants(Stage::LlvmOptimized) && dumps.add(Stage::LlvmOptimized, compiled.optimized_ir))
    return {};
  if (diags.has_errors()) return {};
  if (dumps.wants(Stage::Object) && dumps.add(Stage::Object, compiled.object)) return {};
  if (dumps.wants(Stage::Plan) && dumps.add(Stage::Plan, plan::dump(plan))) return {};
  return plan;
}

}  // namespace

std::optional<Stage> find_stage(std::string_view name) {
  for (const StageName& s : kStages)
    if (name == s.name || (*s.alias && name == s.alias)) return s.stage;
  return {};
}

std::string stage_names() {
  std::string names;
  for (const StageName& s : kStages) names += (names.empty() ? "" : ", ") + std::string(s.name);
  return names;
}

Compiled compile(const SourceMap& sources, const CompileOptions& options, Diagnostics& diags) {
  Compiled compiled;
  Dumps dumps(options, compiled.dumps);
  if (dumps.wants(Stage::Lex)) {
    // -d goes on to parse the same text, which reports the same mistakes.
    Diagnostics of_dump;
    const bool is_last = options.emit == Stage::Lex;
    dumps.add(Stage::Lex, grammar::dump_tokens(sources, FileId::Main, is_last ? diags : of_dump));
    if (is_last) return compiled;
  }

  const auto script = grammar::parse(sources, FileId::Main, diags);
  if (script && dumps.wants(Stage::Ast) && !(options.emit && diags.has_errors()) &&
      dumps.add(Stage::Ast, ast::dump(*script)))
    return compiled;
  if (!script || diags.has_errors()) return compiled;

  const auto facts =
      options.kernel_facts ? kernel::make_fixture(*options.kernel_facts) : kernel::make_live();
  sema::Options sema_options;
  sema_options.parameters = options.parameters;
  sema_options.config = options.config;
  sema_options.is_unsafe = options.is_unsafe;
  sema_options.parse_expression = [&](Span span, Diagnostics& unheard) {
    return grammar::parse_expression(sources, span, unheard);
  };
  const hir::Program program = sema::resolve(*script, *facts, sema_options, diags);
  if (diags.has_errors()) return compiled;
  if (dumps.wants(Stage::Hir) && dumps.add(Stage::Hir, hir::dump(program))) return compiled;

  compiled.plan = generate(program, sources, options, dumps, compiled, diags);
  return compiled;
}

std::optional<std::string> format(const SourceMap& sources, Diagnostics& diags) {
  const auto script = grammar::parse(sources, FileId::Main, diags);
  if (!script || diags.has_errors()) return {};
  return ast::format(*script, sources.main());
}

}  // namespace scry::driver
