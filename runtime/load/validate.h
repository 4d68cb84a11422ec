// A plan is a file from anywhere: this checks, before anything is loaded, that its ids are in range and that
// its types, layouts and tables fit together, so that the rest of the runtime need not.
#pragma once

#include "plan/plan.h"

namespace scry::runtime {

Result<void> validate(const plan::Plan& plan);

}  // namespace scry::runtime
