// Fd: the one owner of a file descriptor; closes it when destroyed.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace scry {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset();

 private:
  int fd_ = -1;
};

// The whole of a file. At most `limit` bytes: a larger file is an error, not a cut one.
Result<std::string> read_file(const std::string& path, size_t limit = 64u << 20);
// The same from an open descriptor; `name` is for the error.
Result<std::string> read_fd(int fd, const std::string& name, size_t limit = 64u << 20);
// All of the bytes, to an open descriptor; `name` is for the error.
Result<void> write_fd(int fd, std::string_view bytes, const std::string& name);
Result<void> write_file(const std::string& path, const std::string& bytes);

// For a program's first act: what stands in for a closed descriptor 0, 1 or 2, so that no file opened later
// gets its number. It can be neither read nor written, as the closed one.
void fill_standard_descriptors();

}  // namespace scry
