// One attach point on its way from source text to lang::AttachPoint; private to attach_points.cpp, which has the
// way itself, and attach_kinds.cpp, which has what each kind makes of its parts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sema/attach_points.h"

namespace scry::sema {

struct Part {
  std::string text;
  Span span;

  // A `$N` that only the run will know.
  bool is_open() const { return text.find('$') != std::string::npos; }
};

// One attach point on its way. Functions for the kinds return false after an error.
struct Resolver {
  const ast::AttachPoint& source;
  kernel::KernelFacts& facts;
  const Options& options;
  const lang::Config& config;
  uint32_t& parameter_count;
  Diagnostics& diags;
  std::vector<Part> parts;
  lang::AttachPoint point;

  template <diag::Id id, typename... Args>
  diag::Diagnostic& report(Span span, Args&&... args) {
    return diags.add<id>(span, std::forward<Args>(args)...);
  }

  // Reports that nothing matches, as missing_probes wants it: null when that is no error.
  diag::Diagnostic* no_matches(const std::string& pattern);
  std::string with_parameters(const std::string& text, Span span);
  void read_parts();
  bool check_count(const lang::ProbeRow& row);
  bool interval();
  bool split_duration(const Part& part);
  bool uprobe();
  bool kernel_function();
  bool static_probe();
  bool split_function(const Part& last);
  bool software();
  bool tracepoint(std::vector<lang::AttachPoint>& out);
  bool kernel_tracepoint(std::vector<lang::AttachPoint>& out);
  bool raw_tracepoint();
  bool typed_function();
  bool resolve(std::vector<lang::AttachPoint>& out);
};

}  // namespace scry::sema
