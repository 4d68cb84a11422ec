// KernelFacts from a directory of tracepoints and a file of BTF. The live reader and the fixture reader
// differ only in how they open these.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/fd.h"
#include "kernel/btf.h"
#include "kernel/facts.h"

namespace scry::kernel {

struct Sources {
  std::function<Result<Fd>()> open_events;  // tracefs' "events"
  std::function<Result<Bytes>()> read_btf;  // raw BTF
};

class DirectoryFacts : public KernelFacts {
 public:
  explicit DirectoryFacts(Sources sources) : sources_(std::move(sources)) {}

  Result<TracepointFormat> tracepoint(std::string_view category, std::string_view event) override;
  Result<std::vector<TracepointName>> tracepoints(std::string_view category_pattern,
                                                  std::string_view event_pattern) override;
  const std::vector<SyscallNumber>& syscalls() override;
  std::optional<Syscall> syscall(std::string_view name) override;
  Result<uint32_t> field_offset(std::string_view struct_name, std::string_view path) override;
  Result<Btf*> btf() override;
  Result<const std::vector<TraceableFunction>*> traceable_functions() override;
  const std::map<std::string, uint32_t, std::less<>>& raw_tracepoints() override;

 private:
  const Result<Fd>& events();
  // Names of the directories in `path`, sorted.
  Result<std::vector<std::string>> names(const std::string& path);
  Error no_such_tracepoint(std::string_view category, std::string_view event);

  Sources sources_;
  std::optional<Result<Fd>> events_;
  std::optional<Result<Btf>> btf_;
  std::map<std::string, TracepointFormat, std::less<>> formats_;
  std::map<std::string, std::vector<std::string>, std::less<>> names_;
  std::optional<std::vector<SyscallNumber>> syscalls_;
  std::optional<std::vector<TraceableFunction>> traceable_functions_;
  std::optional<std::map<std::string, uint32_t, std::less<>>> raw_tracepoints_;
};

}  // namespace scry::kernel
