// Result<T>: a value, or why the world refused to give one (a file, a system call, a load, an
// attach). Errors are values: handled or passed on with SCRY_TRY, never logged and dropped.
// A wrong *script* is not an Error; that is a Diagnostic (diag/diagnostics.h).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/check.h"

namespace scry {

struct Error {
  std::string what;         // what was attempted and on what: "cannot open `x.bt`"
  int error_number = 0;     // errno, 0 where none applies
  std::string hint;         // what the user can do, "" when the cause is unknown
  std::string detail = {};  // long text for -v: a verifier log

  // "cannot open `x.bt`: No such file or directory"
  std::string message() const;
};

// An Error for a failed system call, from the current errno.
Error errno_error(std::string what, std::string hint = {});

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & {
    SCRY_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    SCRY_CHECK(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    SCRY_CHECK(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const& {
    SCRY_CHECK(!ok());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    SCRY_CHECK(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& {
    SCRY_CHECK(!ok());
    return *error_;
  }
  Error&& error() && {
    SCRY_CHECK(!ok());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

}  // namespace scry

// SCRY_TRY(expr): leave the function with expr's error, or go on.
#define SCRY_TRY(expr)                                                            \
  do {                                                                            \
    if (auto scry_try_ = (expr); !scry_try_) return std::move(scry_try_).error(); \
  } while (0)
// SCRY_TRY_ASSIGN(decl, expr): the same, binding the value.
#define SCRY_CONCAT_(a, b) a##b
#define SCRY_CONCAT(a, b) SCRY_CONCAT_(a, b)
#define SCRY_TRY_ASSIGN(decl, expr) \
  SCRY_TRY_ASSIGN_(SCRY_CONCAT(scry_result_, __LINE__), decl, expr)
#define SCRY_TRY_ASSIGN_(name, decl, expr)   \
  auto name = (expr);                        \
  if (!name) return std::move(name).error(); \
  decl = std::move(name).value()
