#include "runtime/load/maps.h"

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>

#include "base/strings.h"
#include "runtime/load/bpf.h"

namespace scry::runtime {

namespace {

// Beyond this a preallocated per-CPU hash takes longer to create than its inserts save (testbed: 0.7 s for
// two million elements against 17 us an insert).
constexpr uint32_t kMostPreallocated = 65536;

bpf_map_type kernel_type(plan::MapKind kind) {
  switch (kind) {
    case plan::MapKind::Hash: return BPF_MAP_TYPE_HASH;
    case plan::MapKind::LruHash: return BPF_MAP_TYPE_LRU_HASH;
    case plan::MapKind::PerCpuHash: return BPF_MAP_TYPE_PERCPU_HASH;
    case plan::MapKind::PerCpuLruHash: return BPF_MAP_TYPE_LRU_PERCPU_HASH;
    case plan::MapKind::Array: return BPF_MAP_TYPE_ARRAY;
    case plan::MapKind::PerCpuArray: return BPF_MAP_TYPE_PERCPU_ARRAY;
    case plan::MapKind::RingBuffer: return BPF_MAP_TYPE_RINGBUF;
  }
  return BPF_MAP_TYPE_UNSPEC;
}

uint32_t flags_of(const plan::Map& map) {
  switch (map.role) {
    case plan::MapRole::State: return BPF_F_MMAPABLE;
    case plan::MapRole::ReadOnly:
    case plan::MapRole::StaticPlaces:
    case plan::MapRole::Parameters: return BPF_F_RDONLY_PROG;
    case plan::MapRole::Stacks: return BPF_F_NO_PREALLOC;
    default: break;
  }
  const bool is_hash = map.kind == plan::MapKind::Hash || map.kind == plan::MapKind::PerCpuHash;
  return is_hash && map.max_entries > kMostPreallocated ? BPF_F_NO_PREALLOC : 0;
}

Error map_error(const char* what, const plan::Map& map) {
  std::string text = fmt::format("cannot {} map `{}`", what, map.name);
  if (errno == EPERM) return no_permission(std::move(text));
  std::string hint;
  if (errno == ENOMEM || errno == E2BIG) hint = "the map is too large for this machine";
  return errno_error(std::move(text), hint);
}

// The only writes to such a map: its value from user space, then never again.
Result<void> fill(int fd, const plan::Map& map, std::string content, bool is_frozen) {
  content.resize(std::max<size_t>(content.size(), size_t{map.value_size} * map.max_entries));
  for (uint32_t i = 0; i < map.max_entries; ++i)
    if (bpf_map_update_elem(fd, &i, content.data() + size_t{i} * map.value_size, BPF_ANY) != 0)
      return map_error("fill", map);
  if (is_frozen && bpf_map_freeze(fd) != 0) return map_error("freeze", map);
  return {};
}

Result<std::string> parameter_bytes(const std::vector<std::string>& parameters, uint32_t count) {
  std::string bytes;
  for (uint32_t i = 0; i < count && i < parameters.size(); ++i) {
    if (parameters[i].size() >= plan::kParameterSize)
      return Error{fmt::format("positional parameter ${} is too long: {} bytes; the limit is {}",
                               i + 1, parameters[i].size(), plan::kParameterSize - 1),
                   0,
                   {}};
    bytes += parameters[i];
    bytes.resize(size_t{i + 1} * plan::kParameterSize);
  }
  return bytes;
}

uint32_t ring_bytes(uint32_t wanted, uint64_t pages) {
  const auto page = static_cast<uint32_t>(::sysconf(_SC_PAGESIZE));
  if (pages != 0) wanted = static_cast<uint32_t>(std::min<uint64_t>(pages * page, 1u << 31));
  return std::bit_ceil(std::max(wanted, page));
}

}  // namespace

Result<uint32_t> possible_cpu_count() {
  // "0-7" or "0,2-3": the highest number counts, the kernel keeps a slot for each below it.
  SCRY_TRY_ASSIGN(const std::string text, read_file("/sys/devices/system/cpu/possible"));
  const std::string_view list = trim(text);
  const size_t last = list.find_last_of(",-");
  uint32_t highest = 0;
  const char* begin = list.data() + (last == list.npos ? 0 : last + 1);
  if (std::from_chars(begin, list.data() + list.size(), highest).ec != std::errc())
    return Error{"cannot read the number of CPUs from `" + text + "`", 0, {}};
  return highest + 1;
}

Maps::Maps(Maps&& other) noexcept
    : fds_(std::move(other.fds_)),
      state_(std::exchange(other.state_, nullptr)),
      state_size_(other.state_size_),
      ring_(other.ring_),
      ring_fd_(other.ring_fd_),
      stacks_(other.stacks_),
      stacks_fd_(other.stacks_fd_),
      ring_size_(other.ring_size_),
      cpu_count_(other.cpu_count_) {}

Maps::~Maps() {
  if (state_) ::munmap(const_cast<plan::RunState*>(state_), state_size_);
}

uint64_t Maps::counter(size_t index) const {
  if (!state_) return 0;
  const volatile char* at =
      reinterpret_cast<const volatile char*>(state_) + plan::counter_offset(index);
  return *reinterpret_cast<const volatile uint64_t*>(at);
}

Result<void> Maps::map_state(int fd, uint32_t size) {
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) return errno_error("cannot map the run's state into memory");
  state_ = static_cast<volatile plan::RunState*>(memory);
  state_size_ = size;
  return {};
}

Result<void> Maps::add(const plan::Plan& plan, const plan::Map& map, const MapContents& contents) {
  plan::Map shape = map;
  if (map.role == plan::MapRole::Scratch) shape.max_entries = cpu_count_ * plan::kScratchSlots;
  if (map.role == plan::MapRole::Ring)
    shape.max_entries = ring_bytes(map.max_entries, contents.ring_pages);
  if (map.role == plan::MapRole::StaticPlaces)
    shape.max_entries =
        std::max(1u, static_cast<uint32_t>(contents.places.size() / map.value_size));
  const bool is_ring = map.kind == plan::MapKind::RingBuffer;
  const MapShape kernel_shape{kernel_type(map.kind), is_ring ? 0 : map.key_size,
                              is_ring ? 0 : map.value_size, shape.max_entries, flags_of(map)};
  Fd fd(create_map(kernel_shape, map.name == "@" ? "anonymous" : map.name));
  if (!fd.is_open()) return map_error("create", map);
  if (map.role == plan::MapRole::ReadOnly) SCRY_TRY(fill(fd.get(), map, plan.read_only, true));
  // Not frozen: the verifier would want to read the values of a frozen array, and can only do so of one.
  if (map.role == plan::MapRole::StaticPlaces)
    SCRY_TRY(fill(fd.get(), shape, contents.places, false));
  if (map.role == plan::MapRole::State) SCRY_TRY(map_state(fd.get(), map.value_size));
  if (map.role == plan::MapRole::Ring)
    ring_ = &map, ring_fd_ = fd.get(), ring_size_ = shape.max_entries;
  if (map.role == plan::MapRole::Stacks) stacks_ = &map, stacks_fd_ = fd.get();
  fds_.push_back(std::move(fd));
  return {};
}

Result<Maps> Maps::create(const plan::Plan& plan, const MapContents& contents) {
  Maps maps;
  SCRY_TRY_ASSIGN(maps.cpu_count_, possible_cpu_count());
  for (const plan::Map& map : plan.maps) SCRY_TRY(maps.add(plan, map, contents));
  for (size_t i = 0; i < plan.maps.size(); ++i) {
    const plan::Map& map = plan.maps[i];
    if (map.role != plan::MapRole::Parameters) continue;
    const uint64_t count = uint64_t{map.value_size} * map.max_entries / plan::kParameterSize;
    SCRY_TRY_ASSIGN(std::string bytes,
                    parameter_bytes(contents.parameters, static_cast<uint32_t>(count)));
    SCRY_TRY(fill(maps.fd(i), map, std::move(bytes), true));
  }
  for (size_t i = 0; i < plan.dispatches.size(); ++i) {
    const uint32_t map = plan.dispatches[i].map;
    SCRY_TRY(fill(maps.fd(map), plan.maps[map], contents.tables[i], false));
  }
  return maps;
}

}  // namespace scry::runtime
