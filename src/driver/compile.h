// The pipeline: source text -> plan, each stage of it visible on request.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/source.h"
#include "diag/diagnostics.h"
#include "lang/config.h"
#include "plan/plan.h"

namespace scry::driver {

// The stages in their order.
enum class Stage { Lex, Ast, Hir, Llvm, LlvmOptimized, Object, Plan };

struct CompileOptions {
  // The script's parameters; nullopt when they come with the plan's run (scry build).
  std::optional<std::vector<std::string>> parameters;
  bool is_unsafe = false;                   // --unsafe
  std::vector<lang::ConfigSetting> config;  // of the environment
  std::optional<Stage> emit;                // --emit: stop after this stage
  std::vector<Stage> shown;                 // -d
  std::optional<std::string>
      kernel_facts;  // --kernel-facts: not the running kernel but what is in there
  bool verifies_llvm = false;
  bool tells_failures = false;  // -k
  bool keeps_files = false;     // fill Compiled::ir, optimized_ir and object
};

struct Compiled {
  std::optional<plan::Plan> plan;  // without errors and without `emit`
  std::string dumps;               // what `emit` and `shown` ask for
  std::string ir, optimized_ir, object;
};

// By name or alias: "ast", "hir" or "types", …
std::optional<Stage> find_stage(std::string_view name);
// "lex, ast, …" for help and messages.
std::string stage_names();

// Compiles the main file of `sources`; what is wrong with it is in `diags`.
Compiled compile(const SourceMap& sources, const CompileOptions& options, Diagnostics& diags);

// The canonical text of the script, for `scry fmt`.
std::optional<std::string> format(const SourceMap& sources, Diagnostics& diags);

}  // namespace scry::driver
