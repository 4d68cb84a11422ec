#include "kernel/facts.h"

namespace scry::kernel {

const TracepointField* TracepointFormat::find(std::string_view name) const {
  for (const TracepointField& field : fields)
    if (field.name == name) return &field;
  return nullptr;
}

}  // namespace scry::kernel
