#include "base/fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace scry {

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Fd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<std::string> read_fd(int fd, const std::string& name, size_t limit) {
  std::string bytes;
  struct stat info = {};
  // Files of procfs and sysfs say size 0 or a page: the loop below decides, this is only a hint.
  if (::fstat(fd, &info) == 0 && info.st_size > 0) {
    if (static_cast<size_t>(info.st_size) > limit)
      return Error{"`" + name + "` is too large: " + std::to_string(info.st_size) +
                       " bytes, the limit is " + std::to_string(limit),
                   0,
                   {}};
    bytes.reserve(static_cast<size_t>(info.st_size) + 1);
  }
  size_t used = 0;
  while (true) {
    bytes.resize(std::max<size_t>(bytes.capacity(), used + 65536));
    const ssize_t got = ::read(fd, bytes.data() + used, bytes.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("cannot read `" + name + "`");
    if (got == 0) break;
    used += static_cast<size_t>(got);
    if (used > limit)
      return Error{
          "`" + name + "` is too large: the limit is " + std::to_string(limit) + " bytes", 0, {}};
  }
  bytes.resize(used);
  return bytes;
}

Result<std::string> read_file(const std::string& path, size_t limit) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return errno_error("cannot open `" + path + "`");
  return read_fd(fd.get(), path, limit);
}

Result<void> write_fd(int fd, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno_error("cannot write to " + name);
    bytes.remove_prefix(static_cast<size_t>(put));
  }
  return {};
}

Result<void> write_file(const std::string& path, const std::string& bytes) {
  Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd.is_open()) return errno_error("cannot create `" + path + "`");
  return write_fd(fd.get(), bytes, "`" + path + "`");
}

void fill_standard_descriptors() {
  for (int fd = 0; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    // The lowest free number is this one.
    if (::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) ::_exit(1);
  }
}

}  // namespace scry
