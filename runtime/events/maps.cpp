#include "runtime/events/maps.h"

#include <bpf/bpf.h>
#include <errno.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "base/bytes.h"

namespace scry::runtime {

using types::Kind;

namespace {

constexpr uint32_t kBatch = 4096;  // elements read by one system call

bool is_per_cpu(const plan::Map& map) {
  return map.kind == plan::MapKind::PerCpuArray || map.kind == plan::MapKind::PerCpuHash ||
         map.kind == plan::MapKind::PerCpuLruHash;
}

// Bytes of one element's value as the kernel hands it over: one 8-aligned copy for each CPU.
size_t handed_size(const plan::Map& map, uint32_t cpu_count) {
  return is_per_cpu(map) ? size_t{round_up(map.value_size)} * cpu_count : map.value_size;
}

// The 8-byte words of a per-CPU value.
class PerCpuWords {
 public:
  PerCpuWords(const char* bytes, const plan::Map& map, uint32_t cpu_count)
      : bytes_(bytes), stride_(round_up(map.value_size)), cpu_count_(cpu_count) {}

  uint64_t word(uint32_t cpu, size_t index) const {
    uint64_t value;
    std::memcpy(&value, bytes_ + cpu * size_t{stride_} + index * 8, sizeof value);
    return value;
  }
  uint64_t sum(size_t index) const {
    uint64_t total = 0;
    for (uint32_t cpu = 0; cpu < cpu_count_; ++cpu) total += word(cpu, index);
    return total;
  }
  uint32_t cpu_count() const { return cpu_count_; }

 private:
  const char* bytes_;
  uint32_t stride_;
  uint32_t cpu_count_;
};

// Nullopt when no CPU has a value.
std::optional<Value> best_of(const Type& type, const PerCpuWords& words) {
  uint64_t best = 0;
  bool is_set = false;
  for (uint32_t cpu = 0; cpu < words.cpu_count(); ++cpu) {
    best = std::max(best, words.word(cpu, 0));
    is_set = is_set || words.word(cpu, 1) != 0;
  }
  if (!is_set) return {};
  return Value{Integer{best ^ types::extreme_mask(type), type.is_signed}};
}

// An aggregation that is kept in one element; nullopt when it was never set.
std::optional<Value> gather(const plan::Map& map, const PerCpuWords& words) {
  const Type& type = map.value;
  switch (type.kind) {
    case Kind::Count: {
      const uint64_t count = words.sum(0);
      if (count == 0) return {};
      return Value{Integer{count, true}};
    }
    case Kind::Sum:
      if (words.sum(1) == 0) return {};
      return Value{Integer{words.sum(0), type.is_signed}};
    case Kind::Avg:
    case Kind::Stats:
      if (words.sum(1) == 0) return {};
      return Value{Average{{words.sum(0), type.is_signed}, words.sum(1), type.is(Kind::Stats)}};
    case Kind::Min:
    case Kind::Max: return best_of(type, words);
    case Kind::Hist:
    case Kind::Lhist: {
      std::vector<uint64_t> counters;
      for (size_t i = 0; i < types::hist_bucket_count(type); ++i) counters.push_back(words.sum(i));
      Histogram histogram = make_histogram(type, counters);
      if (histogram.buckets.empty()) return {};
      return Value{std::move(histogram)};
    }
    default: return {};
  }
}

Result<MapContent> read_scalar(const plan::Map& map, int fd, uint32_t cpu_count,
                               const Names& names) {
  MapContent content{map.name, map.value, true, {}};
  std::string value(handed_size(map, cpu_count), '\0');
  const uint32_t key = 0;
  if (bpf_map_lookup_elem(fd, &key, value.data()) != 0)
    return errno_error("cannot read map `" + map.name + "`");
  std::optional<Value> found;
  if (map.value.is_aggregation()) {
    const PerCpuWords words(value.data(), map, cpu_count);
    found = gather(map, words);
    const size_t is_zero = round_up(map.value_size) / 8 - 1;
    if (!found && words.word(0, is_zero) != 0) found = zero_value(map.value);
  } else {
    uint64_t is_set = 0;
    std::memcpy(&is_set, value.data() + round_up(map.value.size), sizeof is_set);
    if (is_set) found = decode(map.value, value.data(), names);
  }
  if (found) content.entries.push_back({{}, std::move(*found)});
  return content;
}

// Calls visit(key bytes, value bytes) for every element.
template <typename Visit>
Result<void> for_each_element(const plan::Map& map, int fd, uint32_t cpu_count, Visit&& visit) {
  const size_t value_size = handed_size(map, cpu_count);
  uint32_t room = std::min(kBatch, map.max_entries);
  std::vector<char> keys(size_t{room} * map.key_size);
  std::vector<char> values(room * value_size);
  // The cursor is a bucket number or, in older kernels, a key.
  std::vector<char> cursor(std::max(map.key_size, 8u)), next(cursor.size());
  bool is_first = true;
  while (true) {
    uint32_t count = room;
    LIBBPF_OPTS(bpf_map_batch_opts, options);
    const int result = bpf_map_lookup_batch(fd, is_first ? nullptr : cursor.data(), next.data(),
                                            keys.data(), values.data(), &count, &options);
    if (result != 0 && errno == ENOSPC) {  // one bucket holds more than `room`
      room *= 2;
      keys.resize(size_t{room} * map.key_size);
      values.resize(room * value_size);
      continue;
    }
    if (result != 0 && errno != ENOENT) return errno_error("cannot read map `" + map.name + "`");
    for (uint32_t i = 0; i < count; ++i)
      visit(keys.data() + size_t{i} * map.key_size, values.data() + i * value_size);
    if (result != 0) return {};
    cursor = next;
    is_first = false;
  }
}

Result<MapContent> read_keyed_histogram(const plan::Map& map, int fd, uint32_t cpu_count,
                                        const Names& names) {
  MapContent content{map.name, map.value, false, {}};
  const uint32_t bucket_count = types::hist_bucket_count(map.value);
  std::map<std::string, std::vector<uint64_t>> by_key;
  SCRY_TRY(for_each_element(map, fd, cpu_count, [&](const char* key, const char* value) {
    uint64_t bucket;
    std::memcpy(&bucket, key + round_up(map.key.size), sizeof bucket);
    std::vector<uint64_t>& counters = by_key[std::string(key, map.key.size)];
    counters.resize(bucket_count);
    if (bucket < bucket_count) counters[bucket] += PerCpuWords(value, map, cpu_count).sum(0);
  }));
  for (const auto& [key, counters] : by_key)
    content.entries.push_back(
        {decode(map.key, key.data(), names), {make_histogram(map.value, counters)}});
  return content;
}

}  // namespace

Result<MapContent> read_map(const plan::Map& map, int fd, uint32_t cpu_count, const Names& names) {
  if (map.is_scalar) return read_scalar(map, fd, cpu_count, names);
  if (is_histogram(map.value)) return read_keyed_histogram(map, fd, cpu_count, names);
  MapContent content{map.name, map.value, false, {}};
  SCRY_TRY(for_each_element(map, fd, cpu_count, [&](const char* key, const char* bytes) {
    Value value =
        map.value.is_aggregation()
            ? gather(map, PerCpuWords(bytes, map, cpu_count)).value_or(zero_value(map.value))
            : decode(map.value, bytes, names);
    content.entries.push_back({decode(map.key, key, names), std::move(value)});
  }));
  return content;
}

Result<void> clear_map(const plan::Map& map, int fd, uint32_t cpu_count) {
  if (map.is_scalar) {
    const std::string zeros(handed_size(map, cpu_count), '\0');
    const uint32_t key = 0;
    if (bpf_map_update_elem(fd, &key, zeros.data(), BPF_ANY) != 0)
      return errno_error("cannot clear map `" + map.name + "`");
    return {};
  }
  std::vector<std::string> keys;
  SCRY_TRY(for_each_element(map, fd, cpu_count, [&](const char* key, const char*) {
    keys.emplace_back(key, map.key_size);
  }));
  for (const std::string& key : keys)
    if (bpf_map_delete_elem(fd, key.data()) != 0 && errno != ENOENT)
      return errno_error("cannot clear map `" + map.name + "`");
  return {};
}

Result<void> zero_map(const plan::Map& map, int fd, uint32_t cpu_count) {
  std::string zeros(handed_size(map, cpu_count), '\0');
  if (map.is_scalar) {
    // The last word says that this zero is a value; of an aggregation the first CPU's does.
    const uint64_t is_set = 1;
    std::memcpy(zeros.data() + round_up(map.value_size) - sizeof is_set, &is_set, sizeof is_set);
    const uint32_t key = 0;
    if (bpf_map_update_elem(fd, &key, zeros.data(), BPF_ANY) != 0)
      return errno_error("cannot zero map `" + map.name + "`");
    return {};
  }
  std::vector<std::string> keys;
  SCRY_TRY(for_each_element(map, fd, cpu_count, [&](const char* key, const char*) {
    keys.emplace_back(key, map.key_size);
  }));
  for (const std::string& key : keys)
    if (bpf_map_update_elem(fd, key.data(), zeros.data(), BPF_EXIST) != 0 && errno != ENOENT)
      return errno_error("cannot zero map `" + map.name + "`");
  return {};
}

}  // namespace scry::runtime
