// Whether a plan's ids, offsets and sizes point at what exists: a reader's last question, so that the runtime
// need not ask again.
#pragma once

#include "plan/plan.h"

namespace scry::plan {

bool is_consistent(const Plan& plan);

}  // namespace scry::plan
