// The process of -c: forked at once, so that its id is known, and held before its exec until the probes are
// attached. It ends with the run, however the run ends.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/fd.h"

namespace scry::runtime {

class Child {
 public:
  // `command` is split at blanks; no shell looks at it.
  static Result<Child> fork(const std::string& command);
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  // Ends the process if it still runs.
  ~Child();

  pid_t pid() const { return pid_; }
  // Becomes readable when the process ends.
  int pid_fd() const { return pid_fd_.get(); }
  void release();
  // Its exit code, or 128 and the signal's number, once it has ended.
  std::optional<int> exit_code();

 private:
  Child() = default;

  pid_t pid_ = -1;
  Fd pid_fd_;
  Fd gate_;
  bool is_reaped_ = false;
};

// A descriptor that becomes readable when the process ends.
Result<Fd> open_process(pid_t pid);

}  // namespace scry::runtime
