// Ends attachments. Closing one waits until no CPU can be running its program any more: 20 to 90 ms for a uprobe
// link or a perf event.
#pragma once

#include <vector>

#include "base/fd.h"

namespace scry::runtime {

// Returns when all are closed. Waits of uprobe links overlap and cost little more than one.
void detach(std::vector<Fd> attachments);

// Returns at once; a process of its own closes them, holds nothing else and ends. For perf's tracepoints and kprobes: the
// kernel closes those one after the other. Only while this process has no other thread.
void detach_later(std::vector<Fd> attachments);

}  // namespace scry::runtime
