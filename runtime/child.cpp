#include "runtime/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <vector>

#include "target/binary.h"

namespace scry::runtime {

namespace {

constexpr int kPatience = 300;  // ms that a process gets to end after SIGTERM

// The words of a command as a shell splits them: at blanks outside of '…' and "…"; a backslash, but in '…', takes the
// next byte as it is. Nothing is expanded.
Result<std::vector<std::string>> words_of(const std::string& command) {
  std::vector<std::string> words;
  bool is_in_word = false;
  char quote = 0;
  for (size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    const bool is_blank = c == ' ' || c == '\t' || c == '\n';
    if (quote == 0 && is_blank) {
      is_in_word = false;
      continue;
    }
    if (!is_in_word) words.emplace_back();
    is_in_word = true;
    if (c == quote)
      quote = 0;
    else if (quote == 0 && (c == '\'' || c == '"'))
      quote = c;
    else if (c == '\\' && quote != '\'' && i + 1 < command.size())
      words.back() += command[++i];
    else
      words.back() += c;
  }
  if (quote == 0) return words;
  return Error{
      std::string("Failed to fork child: no closing ") + quote + " in the command of -c", 0, {}};
}

// What execve would say of it.
Error not_executable(const std::string& name) {
  struct stat info;
  int error_number = ENOENT;
  if (name.find('/') != name.npos) error_number = ::stat(name.c_str(), &info) == 0 ? EACCES : errno;
  return Error{"Failed to fork child: Path '" + name + "' does not exist or is not executable",
               error_number,
               {}};
}

// In the new process: closes `ready`, waits for one byte through `gate`, then becomes the command. Only calls
// that are safe after fork. Probes may watch this process once `ready` is closed: from there to execve it
// makes no system call but read, as it would be counted for the command. The gate also tells of a parent
// that ended before prctl.
[[noreturn]] void become(int ready, int gate, const char* path, char* const* arguments) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::close(ready);
  char byte;
  ssize_t got;
  do got = ::read(gate, &byte, 1);
  while (got < 0 && errno == EINTR);
  if (got != 1) ::_exit(0);  // the run ended before it began
  ::execv(path, arguments);
  constexpr char kMessage[] = "scry: cannot execute the command of -c\n";
  [[maybe_unused]] const ssize_t put = ::write(STDERR_FILENO, kMessage, sizeof kMessage - 1);
  ::_exit(127);
}

struct Pipe {
  Fd reading, writing;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return errno_error("Failed to fork child: cannot make a pipe");
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

// Waits until the other ends of `pipe` are closed.
void wait_for_close(int pipe) {
  char byte;
  while (::read(pipe, &byte, 1) < 0 && errno == EINTR) {
  }
}

// Waits until the process sleeps: in the read that become() waits in. A busy machine may take its time to get
// there, and the read itself would be counted.
void wait_until_asleep(pid_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/stat";
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
  while (std::chrono::steady_clock::now() < deadline) {
    const auto text = read_file(path);
    // "PID (NAME) STATE …", where a name may hold anything.
    const size_t end = text ? text.value().rfind(") ") : std::string::npos;
    if (end == std::string::npos || text.value().compare(end + 2, 1, "S") == 0) return;
    ::sched_yield();
  }
}

}  // namespace

Result<Fd> open_process(pid_t pid) {
  Fd fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!fd.is_open()) return errno_error("cannot watch process " + std::to_string(pid));
  return fd;
}

Result<Child> Child::fork(const std::string& command) {
  SCRY_TRY_ASSIGN(std::vector<std::string> words, words_of(command));
  if (words.empty()) return Error{"Failed to fork child: -c needs a command", 0, {}};
  const auto path = target::find_command(words[0]);
  if (!path) return not_executable(words[0]);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  SCRY_TRY_ASSIGN(Pipe gate, make_pipe());
  SCRY_TRY_ASSIGN(Pipe ready, make_pipe());
  Child child;
  child.pid_ = ::fork();
  if (child.pid_ < 0) return errno_error("Failed to fork child");
  if (child.pid_ == 0) {
    ::close(gate.writing.get());
    become(ready.writing.get(), gate.reading.get(), path->c_str(), arguments.data());
  }
  child.gate_ = std::move(gate.writing);
  SCRY_TRY_ASSIGN(child.pid_fd_, open_process(child.pid_));
  ready.writing.reset();
  wait_for_close(ready.reading.get());
  wait_until_asleep(child.pid_);
  return child;
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pid_fd_(std::move(other.pid_fd_)),
      gate_(std::move(other.gate_)),
      is_reaped_(other.is_reaped_) {}

Child::~Child() {
  if (pid_ <= 0 || exit_code()) return;
  gate_.reset();
  ::kill(pid_, SIGTERM);
  pollfd ended{pid_fd_.get(), POLLIN, 0};
  if (pid_fd_.is_open()) ::poll(&ended, 1, kPatience);
  ::waitpid(pid_, nullptr, WNOHANG);
}

void Child::release() {
  const char byte = 1;
  [[maybe_unused]] const ssize_t put =
      ::write(gate_.get(), &byte, 1);  // fails if it is gone: pid_fd tells
  gate_.reset();
}

std::optional<int> Child::exit_code() {
  int status = 0;
  if (is_reaped_ || ::waitpid(pid_, &status, WNOHANG) != pid_)
    return is_reaped_ ? std::optional(0) : std::nullopt;
  is_reaped_ = true;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace scry::runtime
