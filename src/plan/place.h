// Where in the script something stands, for messages of the runtime: it has the plan, which holds the source.
#pragma once

#include <string>

#include "base/source.h"
#include "plan/plan.h"

namespace scry::plan {

// ". At x.bt:3: printf(…);", to end a message with; "" for a plan without its source.
std::string place_in(const Plan& plan, Span span);

}  // namespace scry::plan
