// SIGINT, SIGTERM and SIGHUP as a descriptor, for the time of a run; SIGPIPE ignored, since a reader that goes away is
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
  // From now on a signal ends the process at once, if one has asked for an orderly end before. If the run ended by
  // itself, the first one still only asks, and the second ends the process.
  void let_through();

 private:
  Signals() = default;

  Fd fd_;
  sigset_t before_;
  void (*pipe_handler_)(int) = SIG_DFL;
};

}  // namespace scry::runtime
