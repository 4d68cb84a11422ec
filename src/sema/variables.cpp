#include "sema/variables.h"

#include "sema/inference.h"

namespace scry::sema {

void Variables::begin_round() {
  declared_ = 0;
  scopes_.clear();
}

std::optional<VariableId> Variables::find(const std::string& name) const {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
    if (const auto found = scope->find(name); found != scope->end()) return found->second;
  return {};
}

VariableId Variables::declare(const std::string& name, Span span, bool is_let) {
  const auto id = static_cast<VariableId>(declared_);
  if (declared_++ == variables_.size()) variables_.emplace_back();
  Variable& variable = (*this)[id];
  variable.name = name;
  variable.span = span;
  variable.is_let = is_let;
  variable.is_assigned = variable.was_used_unassigned = false;
  scopes_.back()[name] = id;
  return id;
}

Type Variables::type(VariableId id) const {
  const Variable& variable = variables_[static_cast<size_t>(id)];
  return variable.has_fixed_type ? variable.type : stored(variable.type);
}

std::vector<std::string> Variables::visible_names() const {
  std::vector<std::string> names;
  for (const auto& scope : scopes_)
    for (const auto& [name, id] : scope) names.push_back("$" + name);
  return names;
}

std::vector<hir::VariableDecl> Variables::declarations() const {
  std::vector<hir::VariableDecl> decls;
  for (size_t i = 0; i < declared_; ++i)
    decls.push_back(
        {"$" + variables_[i].name, type(static_cast<VariableId>(i)), variables_[i].span});
  return decls;
}

}  // namespace scry::sema
