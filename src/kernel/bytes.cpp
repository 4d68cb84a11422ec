#include "kernel/bytes.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/fd.h"

namespace scry::kernel {

Result<Bytes> Bytes::open(const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return errno_error("cannot open `" + path + "`");
  struct stat info;
  if (::fstat(fd.get(), &info) == 0 && info.st_size > 0) {
    const auto size = static_cast<size_t>(info.st_size);
    void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
    if (memory != MAP_FAILED) return Bytes(std::string_view(static_cast<char*>(memory), size));
  }
  SCRY_TRY_ASSIGN(std::string read, read_fd(fd.get(), path));
  return Bytes(std::move(read));
}

Bytes::Bytes(Bytes&& other) noexcept
    : read_(std::move(other.read_)), mapped_(std::exchange(other.mapped_, {})) {}

Bytes& Bytes::operator=(Bytes&& other) noexcept {
  std::swap(read_, other.read_);
  std::swap(mapped_, other.mapped_);
  return *this;
}

Bytes::~Bytes() {
  if (!mapped_.empty()) ::munmap(const_cast<char*>(mapped_.data()), mapped_.size());
}

}  // namespace scry::kernel
