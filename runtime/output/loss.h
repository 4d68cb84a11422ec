// Loss: something that happened and is missing from the run's output, or is wrong there.
#pragma once

#include <cstdint>
#include <string>

#include "base/source.h"

namespace scry::runtime {

struct Loss {
  std::string kind;  // the stable name: JSON's
  uint64_t count = 0;
  std::string probe;  // as the user wrote it
  std::string map;    // empty where none is concerned
  Span span;          // the place of the script
  std::string text;   // a sentence for people
};

}  // namespace scry::runtime
