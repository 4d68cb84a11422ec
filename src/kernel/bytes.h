// The bytes of a file, mapped where the kernel allows that (BTF since Linux 6.16), else read.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace scry::kernel {

class Bytes {
 public:
  static Result<Bytes> open(const std::string& path);
  explicit Bytes(std::string read) : read_(std::move(read)) {}
  Bytes(Bytes&& other) noexcept;
  Bytes& operator=(Bytes&& other) noexcept;
  ~Bytes();

  std::string_view view() const { return mapped_.empty() ? std::string_view(read_) : mapped_; }

 private:
  explicit Bytes(std::string_view mapped) : mapped_(mapped) {}

  std::string read_;
  std::string_view mapped_;
};

}  // namespace scry::kernel
