#include "base/result.h"

#include <cerrno>
#include <cstring>

namespace scry {

std::string Error::message() const {
  return error_number == 0 ? what : what + ": " + std::strerror(error_number);
}

Error errno_error(std::string what, std::string hint) {
  return Error{std::move(what), errno, std::move(hint)};
}

}  // namespace scry
