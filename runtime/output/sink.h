// Sink: where output goes – standard output or -o's file – through one buffer. On a terminal every line is
// written when it is complete; elsewhere the buffer is written when it is full and when the run is idle.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace scry::runtime {

class Sink {
 public:
  // `fd` stays the caller's; `name` is for errors.
  Sink(int fd, std::string name);

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
  bool is_terminal_;
  bool is_pipe_;
  int interrupt_fd_ = -1;
  bool is_closed_ = false;
  std::optional<Error> failure_;
  std::string buffer_;
};

}  // namespace scry::runtime
