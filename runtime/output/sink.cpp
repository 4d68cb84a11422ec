#include "runtime/output/sink.h"

#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace scry::runtime {

namespace {

constexpr size_t kBufferSize = 64 << 10;

bool is_pipe(int fd) {
  struct stat info;
  return ::fstat(fd, &info) == 0 && S_ISFIFO(info.st_mode);
}

}  // namespace

Sink::Sink(int fd, std::string name, Buffering buffering)
    : fd_(fd), name_(std::move(name)), buffering_(buffering), is_pipe_(is_pipe(fd)) {
  if (buffering_ == Buffering::Auto)
    buffering_ = ::isatty(fd) == 1 ? Buffering::Line : Buffering::Full;
  buffer_.reserve(kBufferSize + 4096);
}

void Sink::write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= kBufferSize || buffering_ == Buffering::None ||
      (buffering_ == Buffering::Line && buffer_.ends_with('\n')))
    static_cast<void>(flush());  // kept in failure_ for the next flush that is looked at
}

bool Sink::wait_for_room() {
  pollfd ready[] = {{fd_, POLLOUT, 0}, {interrupt_fd_, POLLIN, 0}};
  while (::poll(ready, 2, -1) < 0 && errno == EINTR) {
  }
  return ready[0].revents != 0 || ready[1].revents == 0;
}

Result<void> Sink::flush() {
  size_t done = 0;
  while (!failure_ && !is_closed_ && done < buffer_.size()) {
    // A pipe with room takes PIPE_BUF bytes without making us wait, of more it may take its time.
    if (is_pipe_ && !wait_for_room()) {
      buffer_.erase(0, done);
      return {};
    }
    const size_t size =
        is_pipe_ ? std::min<size_t>(buffer_.size() - done, PIPE_BUF) : buffer_.size() - done;
    const ssize_t put = ::write(fd_, buffer_.data() + done, size);
    if (put >= 0) {
      done += static_cast<size_t>(put);
    } else if (errno == EPIPE) {
      is_closed_ = true;
    } else if (errno == EAGAIN) {
      if (!is_pipe_) wait_for_room();
    } else if (errno != EINTR) {
      failure_ = errno_error("cannot write to " + name_);
    }
  }
  buffer_.clear();
  if (failure_) return *failure_;
  return {};
}

}  // namespace scry::runtime
