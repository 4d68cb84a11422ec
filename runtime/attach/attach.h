// Attaches loaded programs to the places that were resolved for them.
#pragma once

#include "runtime/attach/family.h"

namespace scry::runtime {

// All but BEGIN and END. The descriptors are the attachments: closing them detaches, as does the end of the
// process however it comes.
Result<std::vector<Fd>> attach(const Matches& matches, const AttachContext& context);

// tracepoint.cpp: system-call probes, one raw tracepoint for each direction.
Result<void> attach_dispatches(const Matches& matches, const AttachContext& context,
                               std::vector<Fd>& attachments);

}  // namespace scry::runtime
