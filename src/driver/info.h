// `scry --info`: this system, this build, and what the kernel can do.
#pragma once

#include <string>

#include "kernel/features.h"

namespace scry::driver {

// "System\n  OS: …"; features are "name: yes", "no", or "unknown" where only root can tell.
std::string info_page(kernel::Features& features);

}  // namespace scry::driver
