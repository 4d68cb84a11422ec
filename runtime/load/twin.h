// From Linux 7.0 on, a task may be preempted inside of a tracing program. Until it goes on, the kernel skips that
// program for all other tasks of the CPU: with busy threads, from a tenth to half of all system calls. So a
// system-call program gets a twin, attached right behind it, that runs for the calls it was skipped for. The first
// marks the task; the twin takes the mark away, or finds none and does the work. Both are short when they have
// nothing to do, so both are skipped for one call hardly ever; such calls are still counted.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/fd.h"

namespace scry::runtime {

struct Twin {
  Fd marks;  // a byte for each task, by the low bits of its id; then the number of calls the twin ran for
  Fd program;  // the twin

  // How many calls the twin ran for.
  uint64_t rescued_count() const;
};

// Only there; a system call is never inside of another of its task, as other events may be.
bool needs_twin();

// Null descriptor and errno when the kernel refuses.
Fd create_marks();

// The programs of a pair: `instructions` behind what each begins with.
std::vector<uint64_t> marking(std::span<const uint64_t> instructions, const Fd& marks);
std::vector<uint64_t> unmarking(std::span<const uint64_t> instructions, const Fd& marks);

}  // namespace scry::runtime
