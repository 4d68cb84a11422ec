// A plan as bytes, and back. The file is self-contained: magic, format version, the program that wrote it,
// the plan, a checksum. A reader accepts exactly its own format version.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "plan/plan.h"

namespace scry::plan {

std::string write(const Plan& plan);
// `name` is for messages. Any bytes are safe to read: what is not a plan is an Error.
Result<Plan> read(std::string_view bytes, const std::string& name);
// Do the bytes start like a plan?
bool is_plan(std::string_view bytes);

// Readable text, for `--emit=plan` and goldens; instructions are counted, not listed.
std::string dump(const Plan& plan);

}  // namespace scry::plan
