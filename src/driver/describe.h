// `scry --describe`: the tables of the language and of the options as JSON, for editors, the manual and completion.
#pragma once

#include <string>

namespace scry::driver {

std::string description();

}  // namespace scry::driver
