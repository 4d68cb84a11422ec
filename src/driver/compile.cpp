#include "driver/compile.h"

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
};

constexpr StageName kStages[] = {
    {Stage::Lex, "lex"},   {Stage::Ast, "ast"},          {Stage::Hir, "hir"},
    {Stage::Llvm, "llvm"}, {Stage::LlvmOptimized, "llvm-opt"}, {Stage::Object, "elf"},
    {Stage::Plan, "plan"},
};

}  // namespace

std::optional<Stage> find_stage(std::string_view name) {
  for (const StageName& s : kStages)
    if (name == s.name) return s.stage;
  return {};
}

std::string stage_names() {
  std::string names;
  for (const StageName& s : kStages) names += (names.empty() ? "" : ", ") + std::string(s.name);
  return names;
}

Compiled compile(const SourceMap& sources, const CompileOptions& options, Diagnostics& diags) {
  const auto stops_at = [&](Stage stage) { return options.emit == stage; };
  Compiled compiled;
  if (stops_at(Stage::Lex)) {
    compiled.emitted = grammar::dump_tokens(sources, FileId::Main, diags);
    return compiled;
  }

  const auto script = grammar::parse(sources, FileId::Main, diags);
  if (!script || diags.has_errors()) return compiled;
  if (stops_at(Stage::Ast)) {
    compiled.emitted = ast::dump(*script);
    return compiled;
  }

  const auto facts = kernel::make_live();
  sema::Options sema_options;
  sema_options.parameters = options.parameters;
  const hir::Program program = sema::resolve(*script, *facts, sema_options, diags);
  if (diags.has_errors()) return compiled;
  if (stops_at(Stage::Hir)) {
    compiled.emitted = hir::dump(program);
    return compiled;
  }

  codegen::Options codegen_options;
  if (stops_at(Stage::Llvm)) codegen_options.ir = &compiled.emitted;
  if (stops_at(Stage::LlvmOptimized)) codegen_options.optimized_ir = &compiled.emitted;
  if (stops_at(Stage::Object)) codegen_options.object = &compiled.emitted;
  plan::Plan plan = codegen::generate(program, sources, codegen_options, diags);
  if (diags.has_errors()) return compiled;
  if (stops_at(Stage::Plan)) compiled.emitted = plan::dump(plan);
  if (!options.emit) compiled.plan = std::move(plan);
  return compiled;
}

std::optional<std::string> format(const SourceMap& sources, Diagnostics& diags) {
  const auto script = grammar::parse(sources, FileId::Main, diags);
  if (!script || diags.has_errors()) return {};
  return ast::format(*script, sources.main());
}

}  // namespace scry::driver
