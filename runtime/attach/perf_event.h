// Perf events, which tracepoints, single kprobes and uprobes, and timers hang on.
#pragma once

#include <linux/perf_event.h>

#include <vector>

#include "base/fd.h"

namespace scry::runtime {

// On one CPU, of every process; closed with errno when the kernel refuses. Fills in the size.
Fd open_perf_event(perf_event_attr event, int cpu);

// An event that fires on all CPUs whichever it is opened on, with its program; false with errno when the kernel
// refuses. Not for one process: perf's pid would be one thread, and is inherited.
bool attach_perf_event(const perf_event_attr& event, int program, uint64_t cookie,
                       std::vector<Fd>& attachments);

}  // namespace scry::runtime
