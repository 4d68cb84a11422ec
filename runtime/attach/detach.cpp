#include "runtime/attach/detach.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

namespace scry::runtime {

namespace {

constexpr size_t kMostThreads = 512;
constexpr size_t kStackSize = 64 << 10;

struct Work {
  std::vector<Fd> attachments;
  std::atomic<size_t> next = 0;
};

// Closes every descriptor of this process but those.
void close_others(const std::vector<Fd>& kept) {
  std::vector<unsigned> numbers;
  for (const Fd& fd : kept) numbers.push_back(static_cast<unsigned>(fd.get()));
  std::sort(numbers.begin(), numbers.end());
  unsigned next = 0;
  for (const unsigned number : numbers) {
    if (number > next) ::close_range(next, number - 1, 0);
    next = number + 1;
  }
  ::close_range(next, ~0u, 0);
}

void* close_some(void* shared) {
  Work& work = *static_cast<Work*>(shared);
  for (size_t i; (i = work.next++) < work.attachments.size();) work.attachments[i].reset();
  return nullptr;
}

}  // namespace

void detach(std::vector<Fd> attachments) {
  Work work{std::move(attachments)};
  std::vector<pthread_t> threads;
  pthread_attr_t small;
  ::pthread_attr_init(&small);
  ::pthread_attr_setstacksize(&small, kStackSize);
  // This thread closes too: without any other it closes all.
  while (threads.size() + 1 < std::min(work.attachments.size(), kMostThreads)) {
    pthread_t thread;
    if (::pthread_create(&thread, &small, close_some, &work) != 0) break;
    threads.push_back(thread);
  }
  ::pthread_attr_destroy(&small);
  close_some(&work);
  for (const pthread_t thread : threads) ::pthread_join(thread, nullptr);
}

void detach_later(std::vector<Fd> attachments) {
  // The last holder of an attachment waits: the other process begins when this one has let go of them.
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return detach(std::move(attachments));
  Fd reading(ends[0]), writing(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) return detach(std::move(attachments));
  if (pid > 0) {
    reading.reset();
    attachments.clear();
    return;
  }
  writing.reset();
  attachments.push_back(std::move(reading));
  close_others(attachments);
  char byte;
  while (::read(attachments.back().get(), &byte, 1) < 0 && errno == EINTR) {
  }
  detach(std::move(attachments));
  ::_exit(0);
}

}  // namespace scry::runtime
