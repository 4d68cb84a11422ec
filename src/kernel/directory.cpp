#include "kernel/directory.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "base/strings.h"
#include "kernel/btf_text.h"
#include "kernel/format.h"
#include "kernel/syscalls.h"

namespace scry::kernel {

namespace {

constexpr std::string_view kSyscalls = "syscalls";
constexpr std::string_view kEnter = "sys_enter_";

// A part of a path that came from a script: it must not lead elsewhere.
bool is_plain(std::string_view name) {
  return !name.empty() && name.find('/') == name.npos && name.front() != '.';
}

}  // namespace

const Result<Fd>& DirectoryFacts::events() {
  if (!events_) events_ = sources_.open_events();
  return *events_;
}

Result<std::vector<std::string>> DirectoryFacts::names(const std::string& path) {
  if (const auto known = names_.find(path); known != names_.end()) return known->second;
  const Result<Fd>& root = events();
  if (!root) return root.error();
  const int fd = ::openat(root.value().get(), path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno_error("cannot open the tracepoints of `" + path + "`");
  std::vector<std::string> found;
  DIR* directory = ::fdopendir(fd);  // owns fd
  while (const dirent* entry = ::readdir(directory))
    if (entry->d_type == DT_DIR && entry->d_name[0] != '.') found.emplace_back(entry->d_name);
  ::closedir(directory);
  std::sort(found.begin(), found.end());
  return names_[path] = std::move(found);
}

Error DirectoryFacts::no_such_tracepoint(std::string_view category, std::string_view event) {
  Error error{"tracepoint not found: " + std::string(category) + ":" + std::string(event), 0, {}};
  auto candidates = names(std::string(category));
  std::optional<std::string> near;
  if (candidates) {
    near = nearest(event, *candidates);
    if (near) error.hint = "did you mean `" + std::string(category) + ":" + *near + "`?";
  } else if (auto categories = names("."); categories) {
    near = nearest(category, *categories);
    if (near) error.hint = "did you mean `" + *near + ":" + std::string(event) + "`?";
  }
  return error;
}

Result<TracepointFormat> DirectoryFacts::tracepoint(std::string_view category,
                                                    std::string_view event) {
  std::string key = std::string(category) + "/" + std::string(event);
  if (const auto known = formats_.find(key); known != formats_.end()) return known->second;
  if (!is_plain(category) || !is_plain(event)) return no_such_tracepoint(category, event);
  const Result<Fd>& root = events();
  if (!root) {
    if (category != kSyscalls) return root.error();
    auto format = table_format(event);
    if (!format) return no_such_tracepoint(category, event);
    return *format;
  }
  const std::string path = key + "/format";
  Fd file(::openat(root.value().get(), path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open() && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG))
    return no_such_tracepoint(category, event);
  if (!file.is_open()) return errno_error("cannot read the format of tracepoint:" + key);
  SCRY_TRY_ASSIGN(const std::string text, read_fd(file.get(), path));
  SCRY_TRY_ASSIGN(TracepointFormat format, parse_format(text, category, event));
  return formats_[std::move(key)] = std::move(format);
}

Result<std::vector<KernelFacts::TracepointName>> DirectoryFacts::tracepoints(
    std::string_view category_pattern, std::string_view event_pattern) {
  std::vector<TracepointName> found;
  if (!events() && category_pattern == kSyscalls) {
    for (const SyscallNumber& call : syscalls())
      for (const char* prefix : {"sys_enter_", "sys_exit_"})
        if (matches_wildcard(event_pattern, prefix + call.name))
          found.push_back({std::string(kSyscalls), prefix + call.name});
    std::sort(found.begin(), found.end(), [](auto& a, auto& b) { return a.event < b.event; });
    return found;
  }
  std::vector<std::string> categories{std::string(category_pattern)};
  if (has_wildcard(category_pattern)) {
    SCRY_TRY_ASSIGN(categories, names("."));
  } else if (!is_plain(category_pattern)) {
    return found;
  }
  for (const std::string& category : categories) {
    if (!matches_wildcard(category_pattern, category)) continue;
    auto listed = names(category);
    if (!listed && listed.error().error_number == ENOENT) continue;
    if (!listed) return std::move(listed).error();
    for (std::string& event : *listed)
      if (matches_wildcard(event_pattern, event)) found.push_back({category, std::move(event)});
  }
  return found;
}

const std::vector<SyscallNumber>& DirectoryFacts::syscalls() {
  if (syscalls_) return *syscalls_;
  auto listed = names(std::string(kSyscalls));
  if (!listed) {
    syscalls_ = table_syscalls();
    std::sort(syscalls_->begin(), syscalls_->end(),
              [](auto& a, auto& b) { return a.name < b.name; });
    return *syscalls_;
  }
  syscalls_.emplace();
  for (const std::string& event : *listed) {
    if (!event.starts_with(kEnter)) continue;
    const std::string_view name = std::string_view(event).substr(kEnter.size());
    // A call newer than the table has no number that we know: it cannot be told apart.
    if (const auto number = syscall_number(name))
      syscalls_->push_back({*number, std::string(name)});
  }
  return *syscalls_;
}

std::optional<Syscall> DirectoryFacts::syscall(std::string_view name) {
  auto call = table_syscall(name);
  if (!call) return {};
  const auto format = tracepoint(kSyscalls, std::string(kEnter) + call->name);
  if (!format) return call;
  call->arguments.clear();
  for (const TracepointField& field : format.value().fields)
    if (field.name != "__syscall_nr") call->arguments.push_back({field.name, field.type});
  return call;
}

Result<Btf*> DirectoryFacts::btf() {
  if (!btf_) {
    auto bytes = sources_.read_btf();
    btf_ = bytes ? Btf::parse(std::move(bytes).value()) : Result<Btf>(std::move(bytes).error());
  }
  if (!*btf_) return btf_->error();
  return &btf_->value();
}

Result<uint32_t> DirectoryFacts::field_offset(std::string_view struct_name, std::string_view path) {
  SCRY_TRY_ASSIGN(Btf * types, btf());
  return types->field_offset(struct_name, path);
}

const std::map<std::string, uint32_t, std::less<>>& DirectoryFacts::raw_tracepoints() {
  if (!raw_tracepoints_) {
    raw_tracepoints_.emplace();
    if (const auto types = btf())
      for (NamedType& event : kernel::raw_tracepoints(*types.value()))
        raw_tracepoints_->emplace_hint(raw_tracepoints_->end(), std::move(event.name), event.id);
  }
  return *raw_tracepoints_;
}

// A line is "vfs_read", or "ext4_sync_file [ext4]".
Result<const std::vector<KernelFacts::TraceableFunction>*> DirectoryFacts::traceable_functions() {
  if (traceable_functions_) return &*traceable_functions_;
  constexpr char kName[] = "available_filter_functions";
  const Result<Fd>& root = events();
  if (!root) return root.error();
  const Fd file(
      ::openat(root.value().get(), (std::string("../") + kName).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return errno_error(std::string("cannot read ") + kName);
  SCRY_TRY_ASSIGN(const std::string text, read_fd(file.get(), kName));
  std::vector<TraceableFunction> found;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    TraceableFunction function{std::string(line.substr(0, line.find_first_of(" \t"))), {}};
    const size_t open = line.find('['), close = line.find(']');
    if (open != line.npos && close != line.npos && open < close)
      function.module = line.substr(open + 1, close - open - 1);
    if (!function.name.empty()) found.push_back(std::move(function));
  }
  std::sort(found.begin(), found.end(), [](auto& a, auto& b) {
    const int order = a.name.compare(b.name);
    return order != 0 ? order < 0 : a.module < b.module;
  });
  traceable_functions_ = std::move(found);
  return &*traceable_functions_;
}

}  // namespace scry::kernel
