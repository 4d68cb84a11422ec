// Links that hold many places at once: the kernel takes all of them or none, so what it does not take is found by
// halving; one that a wildcard found may then be left out.
#pragma once

#include <span>
#include <vector>

#include "runtime/attach/family.h"

namespace scry::runtime {

struct Refusal {
  const Match* match;
  Error error;
};

// link(places) makes one link of all, or returns false; refuse(place) is told of each that is alone refused.
template <typename Place, typename Link, typename Refuse>
void attach_together(std::span<Place> places, Link&& link, Refuse&& refuse) {
  if (link(places)) return;
  if (places.size() == 1) return refuse(places[0]);
  const size_t half = places.size() / 2;
  attach_together(places.first(half), link, refuse);
  attach_together(places.subspan(half), link, refuse);
}

// Refusals of some of a probe's `count` places: those that a wildcard found are left out, unless all were refused.
Result<void> leave_out(std::vector<Refusal> refusals, size_t count, const AttachContext& context);

}  // namespace scry::runtime
