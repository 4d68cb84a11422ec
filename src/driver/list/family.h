// A family of probe kinds: how its names are found. One file each; the table is in list.cpp.
#pragma once

#include <span>

#include "driver/list/list.h"
#include "lang/probes.h"

namespace scry::driver {

struct Listed {
  std::string name;
  std::vector<std::string> details;  // "int dfd"; only when they are wanted
};

// What is looked for, and in what. A family adds what matches; what it cannot look at is an Error.
struct Search {
  lang::ProbeKind kind;
  std::string_view provider;  // of the kind
  std::string pattern;        // of whole names, begins with the provider or a `*`
  bool is_for_kind;           // the user named this kind: say why it has nothing
  const ListOptions& options;
  kernel::KernelFacts& facts;
  kernel::Features& features;
  std::vector<Listed>& found;

  bool matches(std::string_view name) const;
};

struct ListFamily {
  lang::ProbeKind kind;
  bool is_default;  // listed when no kind is named
  Result<void> (*list)(Search& search);
};

Result<void> list_tracepoints(Search& search);       // tracepoint.cpp
Result<void> list_events(Search& search);            // event.cpp: software, hardware
Result<void> list_timers(Search& search);            // event.cpp: interval, profile
Result<void> list_raw_tracepoints(Search& search);   // raw_tracepoint.cpp
Result<void> list_iterators(Search& search);         // raw_tracepoint.cpp
Result<void> list_kernel_functions(Search& search);  // kernel_function.cpp
Result<void> list_user_functions(Search& search);    // user_function.cpp
Result<void> list_static_probes(Search& search);     // user_function.cpp

// types.cpp: "struct list_head"; the pattern begins with struct, union or enum.
Result<void> list_types(const std::string& pattern, const ListOptions& options,
                        kernel::KernelFacts& facts, std::vector<Listed>& found);
bool is_type_pattern(std::string_view pattern);

}  // namespace scry::driver
