// What a plan's relocations about members of the kernel's structs stand for on this machine, by its BTF.
#pragma once

#include "kernel/facts.h"
#include "runtime/attach/match.h"
#include "runtime/load/bpf.h"
#include "runtime/load/relocate.h"

namespace scry::runtime {

// Of a Member… or LayoutSize relocation. The Error says which struct or member this kernel lacks, or why the member
// cannot be read as the plan reads it.
Result<RelocationValue> member_value(kernel::KernelFacts& facts,
                                     const plan::Relocation& relocation);

// Of a TracepointField or Text… relocation, by the format of the event that is loaded for.
Result<RelocationValue> tracepoint_value(kernel::KernelFacts& facts, const std::string& category,
                                         const std::string& event,
                                         const plan::Relocation& relocation);

// Of a RawArgument: its place in the context of the event or function.
Result<RelocationValue> raw_argument_value(kernel::KernelFacts& facts, const Match& match,
                                           const plan::Relocation& relocation);

// A program with typed arguments is loaded for BTF's id of the event's or function's type.
Result<ProgramShape> typed_shape(kernel::KernelFacts& facts, const Match& match);

}  // namespace scry::runtime
