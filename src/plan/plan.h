// The plan: all that the runtime must do, as plain data. Made by codegen, run from memory by `scry x.bt`
// or written to a file by `scry build` and run by `scry-run`, here or on another machine.
//
// Invariants
//   - Symbolic: names, never this machine's ids, offsets or addresses. Whatever depends on the machine is a
//     Relocation that runtime/load patches, or an attach point that runtime/attach resolves.
//   - Ids are indexes into the plan's own lists, never pointers.
//   - Every struct's members are listed once, in plan/fields.h; writer, reader and dump come from that list.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/source.h"
#include "lang/config.h"
#include "lang/events.h"
#include "lang/probes.h"
#include "types/type.h"

namespace scry::plan {

inline constexpr uint32_t kFormatVersion = 1;
inline constexpr uint32_t kNone = UINT32_MAX;

enum class MapKind : uint8_t {
  Hash,
  LruHash,
  PerCpuHash,
  PerCpuLruHash,
  Array,
  PerCpuArray,
  RingBuffer
};

enum class MapRole : uint8_t {
  User,        // a map of the script
  State,       // RunState, then the counters; an mmapable Array of one element
  Ring,        // events to the runtime
  ReadOnly,    // constants of the programs: Plan::read_only, frozen after writing
  Parameters,  // string values of $1…$N: kParameterSize bytes each, NUL-terminated; frozen
  StaticPlaces,  // a StaticPlace for each place of the usdt probes; the key is the attachment's cookie
  Dispatch,      // rows by system-call number: see SyscallDispatch
  Stacks,        // frames of stacks by hash: u64 -> { u64 count; u64 frames[] }, innermost first
  Scratch,  // working memory: possible CPUs × kScratchSlots elements; each starts with a u64 claim word
};

using lang::kParameterSize;
inline constexpr uint32_t kScratchSlots = 4;
inline constexpr uint32_t kScratchHeader = 8;

struct Map {
  std::string name;
  MapKind kind = MapKind::Hash;
  MapRole role = MapRole::User;
  uint32_t key_size = 4;     // bytes of the kernel map's key
  uint32_t value_size = 0;   // bytes of the kernel map's value
  uint32_t max_entries = 1;  // RingBuffer: bytes; Scratch: set by the runtime
  // User maps: how to read it. A scalar map is an Array or PerCpuArray of one element, key None; its value
  // is followed, 8-aligned, by a u64 "is set". Programs do not write an aggregation's, whose own fields tell
  // (types/type.h): there zero() sets the first CPU's. A keyed Hist's kernel key is the key, then (8-aligned) a u64 bucket.
  Type key;
  Type value;
  bool is_scalar = false;
  Span span;
};

// The head of the State map's value; a u64 for each of Plan::counters follows. The runtime maps it into its
// memory; programs address it directly.
struct RunState {
  uint32_t stop;  // non-zero: every program but END returns at once
  uint32_t reserved;
};

// What programs count where they could not do what the script says.
enum class LossKind : uint8_t {
  Event,       // the ring buffer was full
  Run,         // no free scratch slot: the program did not run
  FullMap,     // an update refused: the map was full
  Update,      // an update refused for another reason: no memory, or the map was in use on that CPU
  Stack,       // frames not kept: the Stacks map was full
  Division,    // by zero; the result was 1
  Iterations,  // a range had more of them than the kernel counts
  // Only of programs that were compiled to tell (-k): helpers that could not read, by their names; keys not there.
  ReadKernel,
  ReadKernelString,
  ReadUser,
  ReadUserString,
  MissingKey,
};

struct LossCounter {
  LossKind kind = LossKind::Event;
  uint32_t probe = 0;    // index into Plan::probes
  uint32_t map = kNone;  // FullMap, Update, MissingKey: which
  Span span;             // what could not be done

  bool operator==(const LossCounter&) const = default;
};

// The StaticPlaces map's value: how to come by the arguments of a usdt probe at one of its places.
struct StaticArgument {
  enum Kind : uint8_t { None, Constant, Register, Memory };
  int64_t value;   // the constant; Memory: added to the registers
  uint16_t base;   // byte offset in struct pt_regs; kNoRegister: 0
  uint16_t index;  // Memory: likewise
  uint8_t kind;
  uint8_t scale;  // Memory: the index is shifted left by this
  uint8_t shift;  // 64 - the argument's bits
  uint8_t is_signed;
};
inline constexpr uint16_t kNoRegister = UINT16_MAX;
struct StaticPlace {
  uint64_t name_id;
  StaticArgument arguments[lang::kStaticArguments];
};

enum class RelocationKind : uint8_t {
  MapFd,            // id: map                -> its descriptor
  MapValue,         // id: map                -> address of its only value, plus the addend
  Parameter,        // id: N (1-based)        -> $N as an integer, 0 when missing
  ParameterCount,   //                        -> $#
  PidFilter,        //                        -> tgid to trace, 0 for all
  SyscallArgument,  // type: event, path: field -> offset in struct pt_regs
  TracepointField,  // id: probe, path: field -> its offset in the record of the match that is loaded for
  // A field that is text, the same way: its offset is the u32 at TextLoad & TextMask + TextOffset.
  TextLoad,
  TextMask,
  TextOffset,
  KernelField,  // type: struct, path: a.b  -> byte offset, from BTF; kMissingField if there is none
  // Members that the script names, type: struct, path: a.b[2].c; without one there is no run. Of a bit field the
  // bytes are those that hold it, and id is 1 where it is one.
  MemberOffset,      //                   -> byte offset
  MemberSize,        //                   -> bytes, 1 to 8
  MemberShiftLeft,   //                   -> bits above it in the 8 bytes that begin with it
  MemberShiftRight,  //                   -> bits above and below it there
  MemberLoad,        // id: bytes, kSignedLoad -> offset of a load
  LayoutSize,        //                   -> bytes of what is no scalar; path: "" for the whole
  RawArgument,  // id: probe, path: name -> offset in the context of the match that is loaded for
  OwnFrames,  //                        -> innermost frames of a kernel stack that are the tracing itself
  StartTime,     //                        -> CLOCK_BOOTTIME at the start of the run, in ns
  CpuCount,      //                        -> number of possible CPUs
  ChildPid,      //                        -> pid of -c's child, 0 without
  KernelSymbol,  // path: name           -> its address
  CgroupId,      // path: directory      -> id of the cgroup
  ProbeNameId,   // id: probe              -> name id of the probe's first attached point
};

inline constexpr uint64_t kMissingField = UINT64_MAX;
// MemberLoad's id: the bytes that the load takes, and whether they are read as signed.
inline constexpr uint32_t kSignedLoad = 0x100;

// The 64-bit immediate of the ld_imm64 at `instruction` becomes the value, plus the addend already there; a
// TracepointField, a TextLoad, a MemberLoad and a RawArgument are the 16-bit offset of a load.
struct Relocation {
  RelocationKind kind = RelocationKind::MapFd;
  uint32_t instruction = 0;
  uint32_t id = 0;
  std::string type;
  std::string path;
};

enum class ProgramKind : uint8_t {
  TestRun,        // BEGIN, END: a raw tracepoint program run once by BPF_PROG_TEST_RUN
  RawTracepoint,  // attach: sys_enter, sys_exit
  Registers,  // uprobe, uretprobe, usdt (BPF_PROG_TYPE_KPROBE); single or multi link, as the runtime likes
  KernelRegisters,  // kprobe, kretprobe (BPF_PROG_TYPE_KPROBE); likewise
  PerfEvent,        // interval, profile, software
  Tracepoint,  // tracepoints but system calls. One that reads no field of its record may as well be loaded
               // as a raw tracepoint, which attaches and detaches faster.
  RawEvent,  // rawtracepoint: loaded for each match
  BtfEvent,  // rawtracepoint with typed arguments, fentry, fexit: loaded for each match (BPF_PROG_TYPE_TRACING)
};

struct SourceLine {
  uint32_t instruction = 0;  // from this instruction on…
  Span span;                 // …the code is of this place
};

struct Program {
  std::string name;
  ProgramKind kind = ProgramKind::TestRun;
  std::vector<uint64_t> instructions;  // BPF cpu v3, subprograms included
  std::vector<Relocation> relocations;
  std::vector<SourceLine> lines;
  std::vector<uint32_t>
      functions;  // first instructions of its callbacks, in order; the program's own is 0
};

// One clause's attach points that share a program. Matches of all of a plan's attach points, in order,
// get name ids 1, 2, …; ProbeName values are these ids.
struct Probe {
  std::vector<lang::AttachPoint> attach_points;
  uint32_t program = kNone;
  uint32_t argument_count =
      0;  // Usdt: arguments that the program reads, as many as its places must have
};

// A field of args that a probe reads: byte offset into its Dispatch row of a u32 with the offset of the
// argument in struct pt_regs.
struct SyscallArgument {
  std::string field;
  uint32_t row_offset = 0;
};

struct SyscallProbe {
  uint32_t probe = 0;       // index into Plan::probes
  uint32_t row_offset = 0;  // byte offset into a Dispatch row of a u32: the name id, 0: no match
  std::vector<SyscallArgument> arguments;
};

// All system-call probes of one direction are one raw tracepoint program (a few if there are very many). The runtime fills a table of
// kSyscallRows rows of row_size bytes (the one value of the Dispatch map), one per system-call number.
struct SyscallDispatch {
  bool is_enter = true;
  uint32_t program = 0;
  uint32_t map = 0;
  uint32_t row_size = 0;
  std::vector<SyscallProbe> probes;
};

inline constexpr uint32_t kSyscallRows = 512;

struct Plan {
  std::string built_by;  // "scry 0.1.0"
  std::string source_name;
  std::string source;     // the script, for excerpts in runtime messages
  std::vector<Map> maps;  // user maps first, in name order: EventFormat::map is an index here
  std::string read_only;  // content of the ReadOnly map
  std::vector<Program> programs;
  std::vector<Probe> probes;
  std::vector<SyscallDispatch> dispatches;
  std::vector<lang::EventFormat> formats;
  std::vector<LossCounter> counters;
  std::vector<types::Enumeration> enums;    // of what events and maps hold; each name once
  uint32_t parameter_count = 0;             // the highest $N used
  std::vector<lang::ConfigSetting> config;  // that differ from the defaults
};

// Byte offset of a counter in the State map's value, and the size of that value.
constexpr uint32_t counter_offset(size_t counter) {
  return static_cast<uint32_t>(sizeof(RunState) + counter * sizeof(uint64_t));
}
// Is the program one that dispatches system calls?
inline bool is_dispatch(const Plan& plan, size_t program) {
  return std::any_of(plan.dispatches.begin(), plan.dispatches.end(),
                     [&](const SyscallDispatch& dispatch) { return dispatch.program == program; });
}
inline uint32_t state_size(const Plan& plan) { return counter_offset(plan.counters.size()); }

}  // namespace scry::plan
