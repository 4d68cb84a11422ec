// What sema does with each builtin, by id. A builtin has a hook for each way in which it may stand: as a
// value, as a statement (it gives nothing), as the whole right side of an assignment to a map. hooks.cpp
// checks while compiling that every builtin that is Ready has one. One file per family.
#pragma once

#include "sema/lowering.h"

namespace scry::sema::builtins {

// What `@m = f(x)` adds to the map; the value is null for count(). The type is poison after an error.
struct Aggregation {
  Type type;
  ExprPtr value;
};

// The number of arguments has been checked; a variable's `args` are empty.
using ValueHook = ExprPtr (*)(Lowering&, const BuiltinUse&);
using EffectHook = void (*)(Lowering&, const BuiltinUse&);
using AggregationHook = Aggregation (*)(Lowering&, const BuiltinUse&);

struct Hooks {
  ValueHook value = nullptr;
  EffectHook effect = nullptr;
  AggregationHook aggregation = nullptr;
};

// All null for a builtin that is only planned.
const Hooks& hooks(lang::BuiltinId id);

// The argument, which must be a string literal; nullopt after an error.
std::optional<std::string> literal_argument(Lowering& l, const BuiltinUse& use, size_t index);

// The argument, an integer; null after an error.
ExprPtr number_argument(Lowering& l, const BuiltinUse& use, size_t index);

// variables.cpp
ExprPtr task_id(Lowering& l, const BuiltinUse& use);       // pid, tid
ExprPtr plain_number(Lowering& l, const BuiltinUse& use);  // plain values: uid, cpu, elapsed, …
ExprPtr comm(Lowering& l, const BuiltinUse& use);
ExprPtr nsecs(Lowering& l, const BuiltinUse& use);
ExprPtr retval(Lowering& l, const BuiltinUse& use);
ExprPtr arg(Lowering& l, const BuiltinUse& use);
ExprPtr args(Lowering& l, const BuiltinUse& use);
ExprPtr probe(Lowering& l, const BuiltinUse& use);
ExprPtr probetype(Lowering& l, const BuiltinUse& use);
ExprPtr curtask(Lowering& l, const BuiltinUse& use);
ExprPtr in_address_space(Lowering& l, const BuiltinUse& use);  // kptr, uptr
ExprPtr relative(Lowering& l, const BuiltinUse& use);  // ppid, pcomm, leader_tid, leader_comm
ExprPtr usermode(Lowering& l, const BuiltinUse& use);
ExprPtr default_str_length(Lowering& l, const BuiltinUse& use);
// output.cpp
void printf(Lowering& l, const BuiltinUse& use);  // and errorf, warnf, cat, system
void join(Lowering& l, const BuiltinUse& use);
void time(Lowering& l, const BuiltinUse& use);
void print(Lowering& l, const BuiltinUse& use);
void exit(Lowering& l, const BuiltinUse& use);
// maps.cpp
ExprPtr delete_element(Lowering& l, const BuiltinUse& use);
ExprPtr has_key(Lowering& l, const BuiltinUse& use);
void change_map(Lowering& l, const BuiltinUse& use);  // clear, zero
ExprPtr len(Lowering& l, const BuiltinUse& use);      // also of stacks
// aggregations.cpp
Aggregation count(Lowering& l, const BuiltinUse& use);
Aggregation sum(Lowering& l, const BuiltinUse& use);  // and avg, min, max, stats
Aggregation hist(Lowering& l, const BuiltinUse& use);
Aggregation lhist(Lowering& l, const BuiltinUse& use);
// symbols.cpp
ExprPtr stack(Lowering& l, const BuiltinUse& use);   // kstack, ustack
ExprPtr symbol(Lowering& l, const BuiltinUse& use);  // ksym, usym
ExprPtr func(Lowering& l, const BuiltinUse& use);
// strings.cpp
ExprPtr str(Lowering& l, const BuiltinUse& use);
ExprPtr strlen(Lowering& l, const BuiltinUse& use);
ExprPtr strcap(Lowering& l, const BuiltinUse& use);
ExprPtr str_concat(Lowering& l, const BuiltinUse& use);
ExprPtr memcmp(Lowering& l, const BuiltinUse& use);
ExprPtr strncmp(Lowering& l, const BuiltinUse& use);
ExprPtr strcontains(Lowering& l, const BuiltinUse& use);
ExprPtr strstr(Lowering& l, const BuiltinUse& use);
ExprPtr buf(Lowering& l, const BuiltinUse& use);
// numbers.cpp
ExprPtr username(Lowering& l, const BuiltinUse& use);
ExprPtr strftime(Lowering& l, const BuiltinUse& use);
ExprPtr text_of_number(Lowering& l, const BuiltinUse& use);  // strerror, signal_name, syscall_name
ExprPtr bswap(Lowering& l, const BuiltinUse& use);
ExprPtr kaddr(Lowering& l, const BuiltinUse& use);  // and cgroupid
void signal(Lowering& l, const BuiltinUse& use);    // and signal_thread
// network.cpp
ExprPtr ntop(Lowering& l, const BuiltinUse& use);
ExprPtr pton(Lowering& l, const BuiltinUse& use);
ExprPtr macaddr(Lowering& l, const BuiltinUse& use);
// types.cpp
ExprPtr is_of_type(Lowering& l, const BuiltinUse& use);  // is_array, is_integer, is_str, …
ExprPtr is_literal(Lowering& l, const BuiltinUse& use);
ExprPtr is_scalar(Lowering& l, const BuiltinUse& use);
ExprPtr is_err(Lowering& l, const BuiltinUse& use);

}  // namespace scry::sema::builtins
