// Walks over HIR: what a node consists of is written here once.
#pragma once

#include <functional>

#include "hir/hir.h"

namespace scry::hir {

using VisitExpr = std::function<void(const Expr&)>;
using VisitBlock = std::function<void(const Block&)>;
using VisitStmt = std::function<void(const Stmt&)>;

// The direct parts, as they are evaluated.
void for_each_part(const Expr& expr, const VisitExpr& visit);
void for_each_part(const Stmt& stmt, const VisitExpr& expr, const VisitBlock& block);

// Every expression, and every statement, in the block and below; parents first.
void walk(const Block& block, const VisitExpr& expr, const VisitStmt& stmt = {});

}  // namespace scry::hir
