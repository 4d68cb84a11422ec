// Drainer: a thread that does nothing but empty the ring buffer into a queue, which grows as it must. So
// programs find room however long formatting and writing take. It sleeps in the kernel while no events come;
// in a stream of them it looks every now and then instead of being woken for each.
#pragma once

#include <pthread.h>

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>

#include "base/fd.h"
#include "runtime/events/ring.h"

namespace scry::runtime {

class Drainer {
 public:
  // Until stop() the ring is the thread's alone; it and its descriptor outlive the Drainer.
  static Result<std::unique_ptr<Drainer>> start(Ring& ring, int ring_fd);
  ~Drainer() { stop(); }
  Drainer(const Drainer&) = delete;
  Drainer& operator=(const Drainer&) = delete;

  // Readable while records wait.
  int fd() const { return waiting_fd_.get(); }
  // The oldest records of the queue in exchange for those that were handled; false if there are none.
  bool next(RecordBytes& records);
  // Ends the thread. What is queued can still be had.
  void stop();

 private:
  explicit Drainer(Ring& ring) : ring_(ring) {}
  void run();
  // Queues what is in the ring; the number of bytes.
  size_t drain();
  RecordBytes fresh_piece();

  Ring& ring_;
  Fd waiting_fd_, stop_fd_, epoll_fd_;
  pthread_t thread_ = {};
  bool is_running_ = false;
  std::atomic<bool> is_stopping_ = false;

  std::mutex mutex_;  // of what follows
  std::deque<RecordBytes> queue_;
  std::vector<RecordBytes> spare_;
};

}  // namespace scry::runtime
