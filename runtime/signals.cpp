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
  sigaddset(&wanted, SIGHUP);
  ::sigprocmask(SIG_BLOCK, &wanted, &signals.before_);
  signals.pipe_handler_ = ::signal(SIGPIPE, SIG_IGN);
  signals.fd_ = Fd(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals.fd_.is_open()) return errno_error("cannot wait for signals");
  return signals;
}

void Signals::let_through() {
  signalfd_siginfo info;
  bool was_asked = false;
  while (::read(fd_.get(), &info, sizeof info) > 0) was_asked = true;
  if (!was_asked) {
    // One that is on its way as the traced process ends must not cut the output off.
    struct sigaction once = {};
    once.sa_handler = [](int) {};
    once.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &once, nullptr);
  }
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

Signals::~Signals() {
  if (!fd_.is_open()) return;  // moved from
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
  ::signal(SIGPIPE, pipe_handler_);
}

}  // namespace scry::runtime
