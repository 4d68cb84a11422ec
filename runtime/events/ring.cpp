#include "runtime/events/ring.h"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

namespace scry::runtime {

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
  void* producer = ::mmap(nullptr, ring.page_size_ + 2 * size_t{size}, PROT_READ, MAP_SHARED,
                          map_fd, static_cast<off_t>(ring.page_size_));
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
  if (producer_pages_) ::munmap(producer_pages_, page_size_ + 2 * size_t{size_});
}

bool Ring::next(std::string_view& record) {
  const char* data = producer_pages_ + page_size_;
  while (position_ < load_acquire(producer_pages_)) {
    const char* at = data + (position_ & (size_ - 1));
    // The record's head: its length and two flags, written last by the program that fills it.
    const uint32_t head = __atomic_load_n(reinterpret_cast<const uint32_t*>(at), __ATOMIC_ACQUIRE);
    if (head & BPF_RINGBUF_BUSY_BIT) return false;
    const uint32_t length = head & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
    position_ += (uint64_t{length} + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;
    if (head & BPF_RINGBUF_DISCARD_BIT) continue;  // freed with the next record
    record = {at + BPF_RINGBUF_HDR_SZ, length};
    return true;
  }
  return false;
}

bool Ring::is_empty() const { return position_ >= load_acquire(producer_pages_); }

void Ring::release() {
  __atomic_store_n(reinterpret_cast<uint64_t*>(consumer_page_), position_, __ATOMIC_RELEASE);
}

}  // namespace scry::runtime
