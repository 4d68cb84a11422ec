// SIGINT and SIGTERM as a descriptor, for the time of a run; SIGPIPE ignored, since a reader that goes away is
// seen as EPIPE.
#pragma once

#include <signal.h>

#include "base/fd.h"

namespace scry::runtime {

class Signals {
 public:
  static Result<Signals> take();
  Signals(Signals&&) = default;
  ~Signals();

  // Readable when a signal has come.
  int fd() const { return fd_.get(); }
  // From now on the next signal ends the process at once: the first one has asked for an orderly end.
  void let_through();

 private:
  Signals() = default;

  Fd fd_;
  sigset_t before_;
  void (*pipe_handler_)(int) = SIG_DFL;
};

}  // namespace scry::runtime
