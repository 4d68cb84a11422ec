#include "sema/definitions.h"

#include "cdefs/parse.h"
#include "sema/kernel_types.h"

namespace scry::sema {

namespace {

constexpr int kDeepest = 64;  // macros of macros

// A kernel's type that the script's definitions contain: it lies there as it does on this kernel.
std::optional<cdefs::Foreign> find_foreign(kernel::Btf& btf, std::string_view tag,
                                           std::string_view name) {
  using kernel::Btf;
  uint32_t id = 0;
  if (tag.empty())
    id = btf.find(Btf::Typedef, name);
  else if (tag == "enum")
    id = btf.find(Btf::Enum, name);
  else if ((id = btf.find(Btf::Struct, name)) == 0)
    id = btf.find(Btf::Union, name);
  if (id == 0) return {};
  return cdefs::Foreign{kernel_type(btf, id, types::AddressSpace::None), btf.size_of(btf.strip(id)),
                        alignment_of(btf, id)};
}

}  // namespace

cdefs::Definitions resolve_definitions(const ast::Script& script, kernel::KernelFacts& facts,
                                       Diagnostics& diags) {
  if (script.c_definitions.empty()) return {};
  std::vector<cdefs::Piece> pieces;
  for (const ast::CDefinition& each : script.c_definitions)
    pieces.push_back({each.span, each.text});
  cdefs::Surroundings surroundings;
  if (const auto btf = facts.btf()) {
    surroundings.macros.push_back("BPFTRACE_HAVE_BTF");
    surroundings.find = [types = btf.value()](std::string_view tag, std::string_view name) {
      return find_foreign(*types, tag, name);
    };
  }
  return cdefs::parse(pieces, surroundings, diags);
}

const ast::Expr* Macros::expression(std::string_view name) {
  if (const auto known = read_.find(name); known != read_.end()) return known->second.get();
  const cdefs::Macro* macro = definitions_.object_macro(name);
  if (!macro || !options_.parse_expression) return nullptr;
  Diagnostics unheard;  // where it is used, the message says what is no expression
  return read_.emplace(name, options_.parse_expression(macro->text, unheard)).first->second.get();
}

std::string Macros::text(const cdefs::Macro& macro) const {
  for (const ast::CDefinition& each : script_.c_definitions)
    if (each.span.begin <= macro.text.begin && macro.text.end <= each.span.end)
      return each.text.substr(macro.text.begin - each.span.begin,
                              macro.text.end - macro.text.begin);
  return "";
}

const ast::Expr& Macros::behind(const ast::Expr& expr) {
  const ast::Expr* found = &expr;
  for (int depth = 0; depth < kDeepest; ++depth) {
    const auto* name = std::get_if<ast::Identifier>(&found->node);
    const ast::Expr* next = name ? expression(name->name) : nullptr;
    if (!next) break;
    found = next;
  }
  return *found;
}

}  // namespace scry::sema
