// Times as text, by the formats of strftime(3) and three conversions of ours: %f is microseconds, %k nanoseconds,
// %l milliseconds.
#pragma once

#include <cstdint>
#include <string>

namespace scry::runtime {

// Of the clock on the wall, now.
std::string wall_time_text(const std::string& format);
// Of a time on the clock that counts from the boot (nsecs).
std::string boot_time_text(const std::string& format, uint64_t boot_ns);

}  // namespace scry::runtime
