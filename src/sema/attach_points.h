// Attach points: what is written before a body becomes places that the runtime can look for.
#pragma once

#include <vector>

#include "ast/ast.h"
#include "diag/diagnostics.h"
#include "kernel/facts.h"
#include "lang/probes.h"
#include "sema/sema.h"

namespace scry::sema {

// The attach points of one clause, those that are right and, by the config's missing_probes, have a match. `$N` are replaced when the parameters are known
// and left to the runtime when not; parameter_count grows to the highest N.
std::vector<lang::AttachPoint> resolve_attach_points(const ast::Probe& clause,
                                                     kernel::KernelFacts& facts,
                                                     const Options& options,
                                                     const lang::Config& config,
                                                     uint32_t& parameter_count, Diagnostics& diags);

// What a body's attach points must have in common: their kind, and for system calls the direction. A body
// whose meaning depends on the attach point (`args`, a comparison of `probe`) has one.
std::vector<std::vector<lang::AttachPoint>> group_attach_points(
    std::vector<lang::AttachPoint> points, bool is_one_each);

// Patterns for the names that begin with `prefix` and match `pattern`, each without the prefix.
std::vector<std::string> split_pattern(std::string_view pattern, std::string_view prefix);

}  // namespace scry::sema
