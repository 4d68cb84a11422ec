// Attaches loaded programs to the places that were resolved for them.
#pragma once

#include "runtime/attach/family.h"

namespace scry::runtime {

// All but BEGIN and END. The descriptors are the attachments: closing them detaches (detach.h), as does the end
// of the process however it comes. After an Error they hold what had been attached. What config's
// missing_probes lets go unattached is added to `missing`.
Result<void> attach(const Matches& matches, const AttachContext& context,
                    std::vector<Fd>& attachments, std::vector<Missing>& missing);

// tracepoint.cpp: system-call probes, one raw tracepoint for each direction.
Result<void> attach_dispatches(const Matches& matches, const AttachContext& context,
                               std::vector<Fd>& attachments);

// How many of the matches are perf's tracepoints and kprobes, which the kernel ends one after the other.
size_t count_slow_to_detach(const Matches& matches, const AttachContext& context);

}  // namespace scry::runtime
