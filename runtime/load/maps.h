// The kernel's maps of a run, created and filled. Descriptors and the mapping of RunState are owned here and
// end with it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "plan/plan.h"

namespace scry::runtime {

// Number of CPUs that can ever be: how many values a per-CPU map hands over.
Result<uint32_t> possible_cpu_count();

// What this run's maps begin with.
struct MapContents {
  const std::vector<std::string>& parameters;
  std::vector<std::string> tables;  // of Dispatch maps, by index of Plan::dispatches
  std::string places;               // StaticPlaces: its values one after the other
  uint64_t ring_pages = 0;          // the ring buffer's size where the plan's own is not wanted
};

class Maps {
 public:
  Maps() = default;  // none
  // ReadOnly, Parameters and the contents are filled in; what programs only read is frozen.
  static Result<Maps> create(const plan::Plan& plan, const MapContents& contents);
  Maps(Maps&& other) noexcept;
  Maps& operator=(Maps&&) = delete;
  ~Maps();

  int fd(size_t map) const { return fds_[map].get(); }
  // Null when the plan has no ring buffer.
  const plan::Map* ring() const { return ring_; }
  int ring_fd() const { return ring_fd_; }
  uint32_t ring_size() const { return ring_size_; }
  // Frames of stacks; null when the plan has no Stacks map.
  const plan::Map* stacks() const { return stacks_; }
  int stacks_fd() const { return stacks_fd_; }
  // Shared with the programs; null when the plan has no State map.
  volatile plan::RunState* state() { return state_; }
  const volatile plan::RunState* state() const { return state_; }
  // The value of one of Plan::counters; 0 when the plan has no State map.
  uint64_t counter(size_t index) const;
  uint32_t cpu_count() const { return cpu_count_; }

 private:
  Result<void> add(const plan::Plan& plan, const plan::Map& map, const MapContents& contents);
  Result<void> map_state(int fd, uint32_t size);

  std::vector<Fd> fds_;
  volatile plan::RunState* state_ = nullptr;
  uint32_t state_size_ = 0;
  const plan::Map* ring_ = nullptr;
  int ring_fd_ = -1;
  const plan::Map* stacks_ = nullptr;
  int stacks_fd_ = -1;
  uint32_t ring_size_ = 0;
  uint32_t cpu_count_ = 1;
};

}  // namespace scry::runtime
