// Checks on ourselves. SCRY_CHECK is for states that no user input can reach; it aborts with the
// place. Trouble that a user or the world can cause is a Diagnostic (diag/) or a Result.
#pragma once

namespace scry::base {

[[noreturn]] void check_failed(const char* claim, const char* file, int line);

}  // namespace scry::base

#define SCRY_CHECK(claim) \
  ((claim) ? static_cast<void>(0) : ::scry::base::check_failed(#claim, __FILE__, __LINE__))
