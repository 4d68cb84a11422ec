// Any bytes as a plan: the reader refuses them or gives a plan that writes and dumps.
#include <cstdint>
#include <cstdlib>

#include "plan/io.h"

using namespace scry;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto plan = plan::read(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz");
  if (!plan) return 0;
  plan::dump(*plan);
  if (!plan::read(plan::write(*plan), "again")) std::abort();
  return 0;
}
