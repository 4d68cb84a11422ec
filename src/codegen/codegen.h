// codegen: HIR -> LLVM module -> BPF programs inside a plan. The only room with LLVM.
//
// Takes a resolved program and its sources; gives a complete, symbolic plan. It never looks at this
// machine: what depends on the kernel becomes a relocation that the runtime patches.
#pragma once

#include "base/result.h"
#include "base/source.h"
#include "diag/diagnostics.h"
#include "hir/hir.h"
#include "plan/plan.h"

namespace scry::codegen {

struct Options {
  // Where to put the module's text before and after optimisation, the ELF object; null: not wanted.
  std::string* ir = nullptr;
  std::string* optimized_ir = nullptr;
  std::string* object = nullptr;
  bool verifies_module = false;  // a debug build always does
  bool tells_failures = false;   // count reads that fail and keys that are not there
};

// Adds to `diags` when a construct is larger than a program can be; the plan is then incomplete.
plan::Plan generate(const hir::Program& program, const SourceMap& sources, const Options& options,
                    Diagnostics& diags);

}  // namespace scry::codegen
