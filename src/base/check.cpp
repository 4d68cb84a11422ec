#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace scry::base {

void check_failed(const char* claim, const char* file, int line) {
  std::fprintf(stderr, "scry: internal error: `%s` does not hold at %s:%d\n", claim, file, line);
  std::abort();
}

}  // namespace scry::base
