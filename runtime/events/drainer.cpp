#include "runtime/events/drainer.h"

#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <chrono>

namespace scry::runtime {

namespace {

constexpr size_t kPieceSize = 256 << 10;
constexpr size_t kMostPieces = 1024;  // of the queue: then the ring fills, and losses are counted
constexpr size_t kMostSpare = 4;

// When to stay away for a moment. The kernel wakes a reader that has read everything, which costs the program that
// sends an event a microsecond or two; so after a burst of wake-ups events may gather for a moment. A lone event
// is still taken at once.
class Pace {
 public:
  // After each look at the ring; true: look again after a rest, without being woken.
  bool is_stream(size_t taken) {
    const auto now = Clock::now();
    quick_ = taken > 0 && now - last_ < kQuick ? quick_ + 1 : 0;
    last_ = now;
    return quick_ > kBurst;
  }
  static void rest() {
    const timespec pause = {0, kPause.count()};
    ::nanosleep(&pause, nullptr);
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::nanoseconds kQuick{500'000}, kPause{200'000};
  static constexpr int kBurst = 8;

  Clock::time_point last_;
  int quick_ = 0;
};

bool watch(int epoll, int fd) {
  epoll_event event = {};
  event.events = EPOLLIN;
  return ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

void signal(const Fd& event_fd) {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t put = ::write(event_fd.get(), &one, sizeof one);
}

}  // namespace

Result<std::unique_ptr<Drainer>> Drainer::start(Ring& ring, int ring_fd) {
  std::unique_ptr<Drainer> drainer(new Drainer(ring));
  drainer->waiting_fd_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  drainer->stop_fd_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  drainer->epoll_fd_ = Fd(::epoll_create1(EPOLL_CLOEXEC));
  if (!drainer->waiting_fd_.is_open() || !drainer->stop_fd_.is_open() ||
      !watch(drainer->epoll_fd_.get(), drainer->stop_fd_.get()) ||
      !watch(drainer->epoll_fd_.get(), ring_fd))
    return errno_error("cannot wait for events");
  const auto body = [](void* self) -> void* {
    static_cast<Drainer*>(self)->run();
    return nullptr;
  };
  if (const int failure = ::pthread_create(&drainer->thread_, nullptr, body, drainer.get()))
    return Error{"cannot start a thread", failure, {}};
  drainer->is_running_ = true;
  // Little work, but soon: programs do not wait for it. Without the privilege it runs as others do.
  const sched_param lowest = {1};
  ::pthread_setschedparam(drainer->thread_, SCHED_FIFO | SCHED_RESET_ON_FORK, &lowest);
  return drainer;
}

void Drainer::stop() {
  if (!std::exchange(is_running_, false)) return;
  is_stopping_ = true;
  signal(stop_fd_);
  ::pthread_join(thread_, nullptr);
}

void Drainer::run() {
  Pace pace;
  while (!is_stopping_) {
    const bool is_stream = pace.is_stream(drain());
    // What stays in the ring is being written by a program, which may need this CPU; or the queue is full.
    if (is_stream || !ring_.is_empty()) {
      Pace::rest();
    } else {
      epoll_event ready;
      ::epoll_wait(epoll_fd_.get(), &ready, 1, -1);
    }
  }
}

RecordBytes Drainer::fresh_piece() {
  if (spare_.empty()) return {std::vector<char>(kPieceSize), 0};
  RecordBytes piece = std::move(spare_.back());
  spare_.pop_back();
  return piece;
}

size_t Drainer::drain() {
  size_t total = 0;
  const std::lock_guard lock(mutex_);
  const bool was_empty = queue_.empty();
  bool has_room = !was_empty;
  while (!ring_.is_empty() && queue_.size() < kMostPieces) {
    if (!has_room) queue_.push_back(fresh_piece());
    const size_t taken = ring_.take(queue_.back());
    total += taken;
    has_room = taken > 0;
    if (taken == 0 && queue_.back().is_empty()) {
      spare_.push_back(std::move(queue_.back()));
      queue_.pop_back();
      break;
    }
  }
  if (was_empty && !queue_.empty()) signal(waiting_fd_);
  return total;
}

bool Drainer::next(RecordBytes& records) {
  const std::lock_guard lock(mutex_);
  records.used = 0;
  if (!records.bytes.empty() && spare_.size() < kMostSpare) spare_.push_back(std::move(records));
  records = {};
  if (queue_.empty()) {
    uint64_t count;
    [[maybe_unused]] const ssize_t got = ::read(waiting_fd_.get(), &count, sizeof count);
    return false;
  }
  records = std::move(queue_.front());
  queue_.pop_front();
  return true;
}

}  // namespace scry::runtime
