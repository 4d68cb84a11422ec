// kprobe, kretprobe, fentry, fexit: the kernel's functions. tracefs tells which can be traced; where it may not be
// read, BTF tells which exist.
#include <fmt/format.h>

#include "driver/list/family.h"
#include "kernel/btf_text.h"

namespace scry::driver {

using kernel::Feature;
using kernel::Support;
using lang::ProbeKind;

namespace {

using Function = kernel::KernelFacts::TraceableFunction;

// "struct file * arg0" for kprobes, "struct file * file" and the result for fentry and fexit.
std::vector<std::string> details_of(kernel::Btf& btf, uint32_t prototype, ProbeKind kind) {
  std::vector<std::string> details;
  if (kind == ProbeKind::Kretprobe) return details;
  const auto parameters = btf.parts(prototype);
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].type == 0) continue;  // of a variadic function
    const std::string name =
        kind == ProbeKind::Kprobe ? fmt::format("arg{}", i) : std::string(parameters[i].name);
    details.push_back(kernel::declaration_text(btf, parameters[i].type, name));
  }
  if (const uint32_t result = btf.type(prototype); kind == ProbeKind::Fexit && result != 0)
    details.push_back(kernel::declaration_text(btf, result, "retval"));
  return details;
}

}  // namespace

Result<void> list_kernel_functions(Search& search) {
  const bool is_kprobe = search.kind == ProbeKind::Kprobe || search.kind == ProbeKind::Kretprobe;
  const Support support = search.features.has(is_kprobe ? Feature::Kprobe : Feature::Fentry);
  if (support != Support::Yes && !search.is_for_kind) return {};
  if (support == Support::No) {
    return Error{fmt::format("this kernel does not support {}", search.provider), 0,
                 is_kprobe ? "it needs CONFIG_KPROBES"
                           : "it needs CONFIG_DYNAMIC_FTRACE and BTF, and no lockdown"};
  }
  const auto btf = search.facts.btf();
  const auto traceable = search.facts.traceable_functions();
  if (!btf && !(traceable && is_kprobe)) return btf.error();
  std::vector<kernel::NamedType> typed;
  if (!is_kprobe || !traceable || search.options.shows_details)
    if (btf) typed = kernel::functions(*btf.value());
  std::vector<Function> known;
  if (!traceable)
    for (const kernel::NamedType& function : typed) known.push_back({function.name, {}});

  // Both lists are sorted.
  auto type = typed.begin();
  for (const Function& function : traceable ? *traceable.value() : known) {
    while (type != typed.end() && type->name < function.name) ++type;
    const bool is_typed =
        type != typed.end() && type->name == function.name && function.module.empty();
    if (!is_kprobe && !is_typed && function.module.empty()) continue;
    std::string plain = std::string(search.provider) + ":" + function.name;
    std::string whole;
    if (!is_kprobe || search.is_for_kind)
      whole = std::string(search.provider) + ":" +
              (function.module.empty() ? "vmlinux" : function.module) + ":" + function.name;
    if (!search.matches(plain) && !search.matches(whole)) continue;
    Listed listed{std::move(is_kprobe ? plain : whole), {}};
    if (search.options.shows_details && is_typed)
      listed.details = details_of(*btf.value(), type->id, search.kind);
    search.found.push_back(std::move(listed));
  }
  return {};
}

}  // namespace scry::driver
