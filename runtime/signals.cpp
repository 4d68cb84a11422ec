#include "runtime/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

namespace scry::runtime {

Result<Signals> Signals::take() {
  Signals signals;
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGINT);
  sigaddset(&wanted, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &wanted, &signals.before_);
  signals.pipe_handler_ = ::signal(SIGPIPE, SIG_IGN);
  signals.fd_ = Fd(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals.fd_.is_open()) return errno_error("cannot wait for signals");
  return signals;
}

void Signals::let_through() {
  signalfd_siginfo info;
  while (::read(fd_.get(), &info, sizeof info) > 0) {
  }  // the ones that were meant for the orderly end
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

Signals::~Signals() {
  if (!fd_.is_open()) return;  // moved from
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
  ::signal(SIGPIPE, pipe_handler_);
}

}  // namespace scry::runtime
