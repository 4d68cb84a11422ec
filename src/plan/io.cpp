#include "plan/io.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "plan/consistency.h"
#include "plan/fields.h"

namespace scry::plan {

namespace {

constexpr std::string_view kMagic = "scry plan\n";
constexpr int kDeepest = 32;  // nesting of types; a forged file must not exhaust the stack

// FNV-1a: finds accidental damage, it is no signature.
uint64_t checksum(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

// So that a reader never makes an enumerator that does not exist.
template <typename T>
constexpr uint64_t kEnumeratorCount = 0;
template <>
constexpr uint64_t kEnumeratorCount<MapKind> = static_cast<uint64_t>(MapKind::RingBuffer) + 1;
template <>
constexpr uint64_t kEnumeratorCount<MapRole> = static_cast<uint64_t>(MapRole::Scratch) + 1;
template <>
constexpr uint64_t kEnumeratorCount<RelocationKind> =
    static_cast<uint64_t>(RelocationKind::ProbeNameId) + 1;
template <>
constexpr uint64_t kEnumeratorCount<ProgramKind> = static_cast<uint64_t>(ProgramKind::BtfEvent) + 1;
template <>
constexpr uint64_t kEnumeratorCount<LossKind> = static_cast<uint64_t>(LossKind::MissingKey) + 1;
template <>
constexpr uint64_t kEnumeratorCount<lang::ProbeKind> =
    static_cast<uint64_t>(lang::ProbeKind::Iter) + 1;
template <>
constexpr uint64_t kEnumeratorCount<lang::EventKind> =
    static_cast<uint64_t>(lang::EventKind::Exit) + 1;
template <>
constexpr uint64_t kEnumeratorCount<lang::ConfigKey> = lang::kConfigKeyCount;
template <>
constexpr uint64_t kEnumeratorCount<types::Kind> = static_cast<uint64_t>(types::Kind::Tseries) + 1;
template <>
constexpr uint64_t kEnumeratorCount<types::AddressSpace> =
    static_cast<uint64_t>(types::AddressSpace::User) + 1;

class Writer {
 public:
  template <typename T>
  void put(const T& value) {
    if constexpr (HasFields<T>) {
      for_each_field(value, [this](const char*, const auto& member) { put(member); });
    } else if constexpr (std::is_enum_v<T>) {
      put(static_cast<uint64_t>(value));
    } else {
      static_assert(std::is_integral_v<T>);
      put_number(static_cast<uint64_t>(value));
    }
  }
  void put(const std::string& text) {
    put_number(text.size());
    bytes_ += text;
  }
  template <typename T>
  void put(const std::vector<T>& list) {
    put_number(list.size());
    for (const T& element : list) put(element);
  }
  void put(const std::shared_ptr<const Type>& type) {
    put_number(type != nullptr);
    if (type) put(*type);
  }
  std::string take() { return std::move(bytes_); }

 private:
  // LEB128: most numbers of a plan are small.
  void put_number(uint64_t value) {
    while (value >= 0x80) {
      bytes_ += static_cast<char>(value | 0x80);
      value >>= 7;
    }
    bytes_ += static_cast<char>(value);
  }
  std::string bytes_;
};

// After a failure every get() leaves its value alone and ok() is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return is_ok_; }
  bool at_end() const { return rest_.empty(); }

  template <typename T>
  void get(T& value) {
    if constexpr (HasFields<T>) {
      if (++depth_ > kDeepest) is_ok_ = false;
      for_each_field(value, [this](const char*, auto& member) {
        if (is_ok_) get(member);
      });
      --depth_;
    } else {
      static_assert(std::is_enum_v<T> || std::is_integral_v<T>);
      const uint64_t number = get_number();
      if constexpr (std::is_enum_v<T> && !std::is_same_v<T, FileId>)
        if (number >= kEnumeratorCount<T>) is_ok_ = false;
      value = static_cast<T>(number);
    }
  }
  void get(std::string& text) {
    const uint64_t size = get_number();
    if (size > rest_.size()) is_ok_ = false;
    if (!is_ok_) return;
    text = rest_.substr(0, size);
    rest_.remove_prefix(size);
  }
  template <typename T>
  void get(std::vector<T>& list) {
    const uint64_t count = get_number();
    if (count > rest_.size()) is_ok_ = false;  // every element takes at least a byte
    for (uint64_t i = 0; is_ok_ && i < count; ++i) get(list.emplace_back());
  }
  void get(std::shared_ptr<const Type>& type) {
    if (get_number() == 0 || !is_ok_) return;
    Type value;
    get(value);
    type = std::make_shared<const Type>(std::move(value));
  }

 private:
  uint64_t get_number() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) break;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    is_ok_ = false;
    return 0;
  }

  std::string_view rest_;
  bool is_ok_ = true;
  int depth_ = 0;
};

Error damaged(const std::string& name) {
  return Error{"`" + name + "` is damaged", 0, "build it again with `scry build`"};
}

}  // namespace

std::string write(const Plan& plan) {
  Writer writer;
  writer.put(kFormatVersion);
  writer.put(plan);
  std::string body = writer.take();
  const uint64_t sum = checksum(body);
  std::string bytes(kMagic);
  bytes.append(reinterpret_cast<const char*>(&sum), sizeof sum);
  return bytes + body;
}

bool is_plan(std::string_view bytes) { return bytes.starts_with(kMagic); }

Result<Plan> read(std::string_view bytes, const std::string& name) {
  if (!is_plan(bytes))
    return Error{"`" + name + "` is not a compiled scry plan", 0,
                 "compile a script with `scry build SCRIPT -o FILE`"};
  bytes.remove_prefix(kMagic.size());
  uint64_t sum = 0;
  if (bytes.size() < sizeof sum) return damaged(name);
  bytes.copy(reinterpret_cast<char*>(&sum), sizeof sum);
  bytes.remove_prefix(sizeof sum);
  if (checksum(bytes) != sum) return damaged(name);
  Reader reader(bytes);
  uint32_t version = 0;
  reader.get(version);
  Plan plan;
  if (reader.ok() && version != kFormatVersion) {
    reader.get(plan.built_by);  // first member of every version
    return Error{
        fmt::format("`{}` has plan format {}, written by {}; this scry-run reads format {}", name,
                    version, plan.built_by, kFormatVersion),
        0, "build it again with this version of scry"};
  }
  reader.get(plan);
  if (!reader.ok() || !reader.at_end() || !is_consistent(plan)) return damaged(name);
  return plan;
}

// --- dump -----------------------------------------------------------------------------------------

namespace {

// Enumerators as they are spelled; each list follows its enum in plan.h.
template <typename Enum, size_t count>
const char* pick(const char* const (&names)[count], Enum kind) {
  static_assert(count == kEnumeratorCount<Enum>, "an enumerator without its name");
  return names[static_cast<size_t>(kind)];
}
const char* name_of(MapKind kind) {
  static constexpr const char* names[] = {"Hash",  "LruHash",     "PerCpuHash", "PerCpuLruHash",
                                          "Array", "PerCpuArray", "RingBuffer"};
  return pick(names, kind);
}
const char* name_of(MapRole role) {
  static constexpr const char* names[] = {"User",     "State",      "Ring",
                                          "ReadOnly", "Parameters", "StaticPlaces",
                                          "Dispatch", "Stacks",     "Scratch"};
  return pick(names, role);
}
const char* name_of(RelocationKind kind) {
  static constexpr const char* names[] = {
      "MapFd",           "MapValue",        "Parameter",    "ParameterCount",  "PidFilter",
      "SyscallArgument", "TracepointField", "TextLoad",     "TextMask",        "TextOffset",
      "KernelField",     "MemberOffset",    "MemberSize",   "MemberShiftLeft", "MemberShiftRight",
      "MemberLoad",      "LayoutSize",      "RawArgument",  "OwnFrames",       "StartTime",
      "CpuCount",        "ChildPid",        "KernelSymbol", "CgroupId",        "ProbeNameId"};
  return pick(names, kind);
}
const char* name_of(ProgramKind kind) {
  static constexpr const char* names[] = {"TestRun",         "RawTracepoint", "Registers",
                                          "KernelRegisters", "PerfEvent",     "Tracepoint",
                                          "RawEvent",        "BtfEvent"};
  return pick(names, kind);
}
const char* name_of(lang::ConfigKey key) { return lang::row(key).name; }
const char* name_of(LossKind kind) {
  static constexpr const char* names[] = {
      "Event",      "Run",        "FullMap",          "Update",   "Stack",          "Division",
      "Iterations", "ReadKernel", "ReadKernelString", "ReadUser", "ReadUserString", "MissingKey"};
  return pick(names, kind);
}
const char* name_of(lang::ProbeKind kind) { return lang::row(kind).name; }
const char* name_of(lang::EventKind kind) {
  constexpr const char* names[] = {
#define EVENT(id, summary) #id,
#include "lang/events.def"
  };
  return names[static_cast<size_t>(kind)];
}

std::string indent(int depth) { return std::string(static_cast<size_t>(depth) * 2, ' '); }

class Dumper {
 public:
  std::string text;

  template <typename T>
  void put(const char* name, const T& value, int depth) {
    if constexpr (std::is_same_v<T, Type>) {
      line(name, types::to_string(value), depth);
    } else if constexpr (std::is_same_v<T, Span>) {
      line(name, fmt::format("{}-{}", value.begin, value.end), depth);
    } else if constexpr (HasFields<T>) {
      text += fmt::format("{}{}:\n", indent(depth), name);
      for_each_field(value, [&](const char* n, const auto& member) { put(n, member, depth + 1); });
    } else if constexpr (std::is_enum_v<T>) {
      line(name, name_of(value), depth);
    } else if constexpr (std::is_same_v<T, bool>) {
      line(name, value ? "true" : "false", depth);
    } else {
      line(name, std::to_string(static_cast<int64_t>(value)), depth);
    }
  }
  void put(const char* name, const std::string& value, int depth) {
    if (!value.empty()) line(name, "\"" + escape(value) + "\"", depth);
  }
  void put(const char* name, const std::vector<uint64_t>& list, int depth) {
    line(name, std::to_string(list.size()), depth);
  }
  template <typename T>
  void put(const char* name, const std::vector<T>& list, int depth) {
    for (size_t i = 0; i < list.size(); ++i)
      put(fmt::format("{}[{}]", name, i).c_str(), list[i], depth);
  }

 private:
  void line(const char* name, const std::string& value, int depth) {
    text += fmt::format("{}{}: {}\n", indent(depth), name, value);
  }
};

}  // namespace

std::string dump(const Plan& plan) {
  Dumper dumper;
  for_each_field(plan, [&](const char* name, const auto& member) { dumper.put(name, member, 0); });
  return dumper.text;
}

}  // namespace scry::plan
