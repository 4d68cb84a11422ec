// The scratch variables of one probe. Inference lowers a body several times: scopes start anew with each
// round, types stay and only widen. A body declares its variables in the same order every time, so the
// n-th declaration of a round is the n-th variable.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "hir/hir.h"

namespace scry::sema {

using hir::VariableId;

struct Variable {
  std::string name;  // without `$`
  Span span;         // the statement that declares it
  bool is_let = false;
  bool has_fixed_type = false;  // written in the `let`
  Type type;                    // widest so far; None: not known yet
  bool is_assigned = false;     // in this round, so far
  bool was_used_unassigned = false;
};

class Variables {
 public:
  void begin_round();
  void open_scope() { scopes_.emplace_back(); }
  void close_scope() { scopes_.pop_back(); }

  // The variable that the name means here.
  std::optional<VariableId> find(const std::string& name) const;
  // In the innermost scope.
  VariableId declare(const std::string& name, Span span, bool is_let);

  Variable& operator[](VariableId id) { return variables_[static_cast<size_t>(id)]; }
  // What a value of the variable looks like in HIR.
  Type type(VariableId id) const;
  std::vector<std::string> visible_names() const;
  // All of the last round.
  const std::vector<Variable>& all() const { return variables_; }
  std::vector<hir::VariableDecl> declarations() const;

 private:
  std::vector<Variable> variables_;
  size_t declared_ = 0;  // in this round
  std::vector<std::unordered_map<std::string, VariableId>> scopes_;
};

}  // namespace scry::sema
