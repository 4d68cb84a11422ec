// What a plan's relocations about members of the kernel's structs stand for on this machine, by its BTF.
#pragma once

#include "kernel/facts.h"
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

// Of a RawArgument: its place in the context of the event.
Result<RelocationValue> raw_argument_value(kernel::KernelFacts& facts, const std::string& event,
                                           const plan::Relocation& relocation);

// BTF's id of the event's type, which a program with typed arguments is loaded for.
Result<uint32_t> raw_tracepoint_type(kernel::KernelFacts& facts, const std::string& event);

}  // namespace scry::runtime
