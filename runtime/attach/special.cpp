// begin and end: run by the runtime itself (run.cpp), attached to nothing.
#include "runtime/attach/family.h"

namespace scry::runtime {

namespace {

Result<void> resolve(const lang::AttachPoint& point, ResolveContext&, std::vector<Match>& matches) {
  Match match;
  match.name = point.text;
  matches.push_back(std::move(match));
  return {};
}

}  // namespace

const Family kSpecialFamily = {resolve, nullptr};

}  // namespace scry::runtime
