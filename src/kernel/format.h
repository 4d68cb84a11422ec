// The text of a tracefs `format` file -> TracepointFormat.
#pragma once

#include <string_view>

#include "base/result.h"
#include "kernel/facts.h"

namespace scry::kernel {

// `category` and `event` name the result; common_* fields are left out. Any text is safe to read: one
// without an ID and a field is an Error.
Result<TracepointFormat> parse_format(std::string_view text, std::string_view category,
                                      std::string_view event);

}  // namespace scry::kernel
