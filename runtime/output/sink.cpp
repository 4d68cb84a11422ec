#include "runtime/output/sink.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace scry::runtime {

namespace {
constexpr size_t kBufferSize = 64 << 10;
}

Sink::Sink(int fd, std::string name) : fd_(fd), name_(std::move(name)), is_terminal_(::isatty(fd) == 1) {
  buffer_.reserve(kBufferSize + 4096);
}

void Sink::write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= kBufferSize || (is_terminal_ && buffer_.ends_with('\n')))
    static_cast<void>(flush());  // kept in failure_ for the next flush that is looked at
}

Result<void> Sink::flush() {
  size_t done = 0;
  while (!failure_ && !is_closed_ && done < buffer_.size()) {
    const ssize_t put = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
    if (put >= 0) {
      done += static_cast<size_t>(put);
    } else if (errno == EPIPE) {
      is_closed_ = true;
    } else if (errno == EAGAIN) {
      pollfd ready{fd_, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      failure_ = errno_error("cannot write to " + name_);
    }
  }
  buffer_.clear();
  if (failure_) return *failure_;
  return {};
}

}  // namespace scry::runtime
