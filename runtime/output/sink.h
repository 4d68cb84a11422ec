// Sink: where output goes – standard output or -o's file – through one buffer. On a terminal every line is
// written when it is complete; elsewhere the buffer is written when it is full and when the run is idle. -B
// chooses otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace scry::runtime {

// Auto is Line on a terminal, else Full; None writes every piece at once.
enum class Buffering : uint8_t { Auto, Line, Full, None };

class Sink {
 public:
  // `fd` stays the caller's; `name` is for errors.
  Sink(int fd, std::string name, Buffering buffering = Buffering::Auto);

  // While `fd` is readable (a signal has come), flush() does not wait for a reader that is not reading: what is
  // left stays in the buffer. -1: wait however long it takes.
  void set_interrupt(int fd) { interrupt_fd_ = fd; }

  void write(std::string_view text);
  // Errors are kept: the first one is returned by every later flush(). A reader that went away (EPIPE) is
  // is_closed(), no error.
  Result<void> flush();
  bool is_closed() const { return is_closed_; }
  bool has_failed() const { return failure_.has_value(); }

 private:
  // Waits until a piece can be written; false if interrupted.
  bool wait_for_room();

  int fd_;
  std::string name_;
  Buffering buffering_;  // not Auto
  bool is_pipe_;
  int interrupt_fd_ = -1;
  bool is_closed_ = false;
  std::optional<Error> failure_;
  std::string buffer_;
};

}  // namespace scry::runtime
