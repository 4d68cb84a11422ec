// What a run has lost: counted by its programs (plan.h, LossCounter) and by the kernel, put into words once,
// at the end. Counting costs an event nothing: the counters stand where something failed anyway.
#pragma once

#include <vector>

#include "runtime/attach/match.h"
#include "runtime/load/load.h"
#include "runtime/output/loss.h"

namespace scry::runtime {

// Runs that the kernel skipped, since it was running another program on that CPU (BPF's guard against
// recursion). Read it before maps are read: reading them makes the kernel skip more.
std::vector<Loss> skipped_runs(const plan::Plan& plan, const Matches& matches, const Loaded& loaded,
                               const std::vector<Fd>& attachments);

// What the programs counted.
std::vector<Loss> counted_losses(const plan::Plan& plan, const Maps& maps);

// Events of the ring buffer among them.
uint64_t lost_event_count(const plan::Plan& plan, const Maps& maps);

// Probes whose skipped runs this kernel does not count, though it may skip some: "" if there are none, else a
// sentence.
std::string uncounted_probes(const plan::Plan& plan, const Loaded& loaded);

}  // namespace scry::runtime
