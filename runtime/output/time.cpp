#include "runtime/output/time.h"

#include <fmt/format.h>
#include <time.h>

namespace scry::runtime {

namespace {

constexpr uint64_t kSecond = 1'000'000'000;
constexpr size_t kLongest = 4096;  // of what strftime makes; more is cut off by it

uint64_t now(clockid_t clock) {
  timespec time = {};
  ::clock_gettime(clock, &time);
  return static_cast<uint64_t>(time.tv_sec) * kSecond + static_cast<uint64_t>(time.tv_nsec);
}

// The format with our own conversions replaced.
std::string with_fractions(const std::string& format, uint64_t ns) {
  std::string out;
  for (size_t i = 0; i < format.size(); ++i) {
    const char next = format[i] == '%' && i + 1 < format.size() ? format[i + 1] : '\0';
    if (next == 'f')
      out += fmt::format("{:06}", ns / 1000);
    else if (next == 'k')
      out += fmt::format("{:09}", ns);
    else if (next == 'l')
      out += fmt::format("{:03}", ns / 1'000'000);
    else
      out.append(format, i, next ? 2 : 1);
    if (next) ++i;
  }
  return out;
}

std::string text_of(const std::string& format, uint64_t epoch_ns) {
  const auto seconds = static_cast<time_t>(epoch_ns / kSecond);
  tm local = {};
  ::localtime_r(&seconds, &local);
  // A character in front: an empty result is no failure.
  const std::string whole = " " + with_fractions(format, epoch_ns % kSecond);
  std::string text(kLongest, '\0');
  text.resize(::strftime(text.data(), text.size(), whole.c_str(), &local));
  return text.empty() ? text : text.substr(1);
}

}  // namespace

std::string wall_time_text(const std::string& format) {
  return text_of(format, now(CLOCK_REALTIME));
}

std::string boot_time_text(const std::string& format, uint64_t boot_ns) {
  return text_of(format, now(CLOCK_REALTIME) - now(CLOCK_BOOTTIME) + boot_ns);
}

}  // namespace scry::runtime
