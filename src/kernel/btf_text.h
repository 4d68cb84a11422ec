// Types of BTF as C text, and the things that BTF tells by the names of its types: functions, raw tracepoints,
// iterators. Any BTF is safe to give; what refers to itself without end is cut off with "…".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernel/btf.h"

namespace scry::kernel {

// A declaration as listings show it: "struct file * file", "char [16] name" is "char name[16]".
std::string declaration_text(Btf& btf, uint32_t type, std::string_view name);

// "struct list_head {\n\tstruct list_head *next;\n…};" of a struct, union or enum.
std::string definition_text(Btf& btf, uint32_t type);

struct NamedType {
  std::string name;  // "list_head"; "struct list_head" in named_types()
  uint32_t id = 0;
};

// Structs, unions and enums with names, by their C spelling; sorted.
std::vector<NamedType> named_types(Btf& btf);
// Functions; `id` is the prototype's. Sorted; of several with one name the first.
std::vector<NamedType> functions(Btf& btf);
// Raw tracepoints; `id` is the prototype's, whose first parameter is not the event's. Sorted.
std::vector<NamedType> raw_tracepoints(Btf& btf);
// The event's own parameters.
std::vector<Btf::Part> raw_arguments(Btf& btf, uint32_t prototype);
// Iterators; `id` is the struct with their context. Sorted.
std::vector<NamedType> iterators(Btf& btf);

}  // namespace scry::kernel
