#include "runtime/events/ring.h"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

namespace scry::runtime {

static_assert(kRecordHead == BPF_RINGBUF_HDR_SZ && kRecordBusy == BPF_RINGBUF_BUSY_BIT &&
              kRecordDiscarded == BPF_RINGBUF_DISCARD_BIT);

namespace {

uint64_t load_acquire(const char* at) {
  return __atomic_load_n(reinterpret_cast<const uint64_t*>(at), __ATOMIC_ACQUIRE);
}

}  // namespace

Result<Ring> Ring::open(int map_fd, uint32_t size) {
  Ring ring;
  ring.size_ = size;
  ring.page_size_ = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  void* consumer = ::mmap(nullptr, ring.page_size_, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0);
  if (consumer == MAP_FAILED) return errno_error("cannot map the ring buffer");
  ring.consumer_page_ = static_cast<char*>(consumer);
  // The kernel offers the data twice in a row. Every page that is mapped counts as ours at once: we take one.
  void* producer = ::mmap(nullptr, ring.page_size_ + size, PROT_READ, MAP_SHARED, map_fd,
                          static_cast<off_t>(ring.page_size_));
  if (producer == MAP_FAILED) return errno_error("cannot map the ring buffer");
  ring.producer_pages_ = static_cast<char*>(producer);
  ring.position_ = load_acquire(ring.consumer_page_);
  return ring;
}

Ring::Ring(Ring&& other) noexcept
    : consumer_page_(std::exchange(other.consumer_page_, nullptr)),
      producer_pages_(std::exchange(other.producer_pages_, nullptr)),
      page_size_(other.page_size_),
      size_(other.size_),
      position_(other.position_) {}

Ring::~Ring() {
  if (consumer_page_) ::munmap(consumer_page_, page_size_);
  if (producer_pages_) ::munmap(producer_pages_, page_size_ + size_);
}

// Written last by the program that fills the record. 8-aligned, so never split.
uint32_t Ring::head_at(uint64_t position) const {
  const char* at = producer_pages_ + page_size_ + (position & (size_ - 1));
  return __atomic_load_n(reinterpret_cast<const uint32_t*>(at), __ATOMIC_ACQUIRE);
}

// The producers' position is read once: chasing them would free each record alone, and a reader who has read
// everything is woken for every one.
size_t Ring::take(RecordBytes& to) {
  const uint64_t produced = load_acquire(producer_pages_);
  uint64_t end = position_;
  while (end < produced) {
    const uint32_t head = head_at(end);
    if (head & kRecordBusy) break;
    const uint64_t next = end + whole_record(head);
    const uint64_t needed = to.used + (next - position_);
    if (needed > to.bytes.size() && needed == whole_record(head)) to.bytes.resize(needed);
    if (needed > to.bytes.size()) break;
    end = next;
  }
  const auto size = static_cast<size_t>(end - position_);
  if (size == 0) return 0;
  const char* data = producer_pages_ + page_size_;
  const size_t begin = position_ & (size_ - 1);
  const size_t before_end = std::min<size_t>(size, size_ - begin);
  std::memcpy(to.bytes.data() + to.used, data + begin, before_end);
  std::memcpy(to.bytes.data() + to.used + before_end, data, size - before_end);
  to.used += size;
  position_ = end;
  __atomic_store_n(reinterpret_cast<uint64_t*>(consumer_page_), position_, __ATOMIC_RELEASE);
  return size;
}

size_t Ring::pending() const {
  return static_cast<size_t>(load_acquire(producer_pages_) - position_);
}

}  // namespace scry::runtime
