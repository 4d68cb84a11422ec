#include "runtime/attach/perf_event.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/load/bpf.h"

namespace scry::runtime {

Fd open_perf_event(perf_event_attr event, int cpu) {
  event.size = sizeof event;
  return Fd(
      static_cast<int>(::syscall(SYS_perf_event_open, &event, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC)));
}

bool attach_perf_event(const perf_event_attr& event, int program, uint64_t cookie,
                       std::vector<Fd>& attachments) {
  Fd fd = open_perf_event(event, 0);
  if (!fd.is_open()) return false;
  Fd link(link_perf_event(program, fd.get(), cookie));
  if (!link.is_open()) return false;
  attachments.push_back(std::move(link));
  attachments.push_back(std::move(fd));
  return true;
}

}  // namespace scry::runtime
