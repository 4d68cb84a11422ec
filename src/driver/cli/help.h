// The page that -h shows, made from the table of options.
#pragma once

#include <string>

#include "driver/cli/options.h"

namespace scry::driver {

struct HelpText {
  std::string usage;     // lines after "Usage: "
  std::string examples;  // the end of the page
};

// Fits a screen of 80 × 40, unless `is_full`: then every option is there.
std::string help_page(const HelpText& text, Programs program, bool is_full);

}  // namespace scry::driver
