// HIR: what a script means. Every name is resolved, every expression typed, predicates and shorthands
// are gone; nobody after sema asks what a thing is called. Built by sema, read by codegen and dump.
//
// Conventions
//   - Operands of arithmetic, bitwise and shift operators are Int of 8 bytes: sema has put Casts around
//     anything narrower (sign- or zero-extending by the operand's type). Comparison operands have equal
//     types: 8-byte Int, Pointer, ProbeName, or memory types of equal size.
//   - A condition (If, Conditional, Logical, Not) is a Bool: sema has put a Cast to bool around others.
//   - A read of a castable aggregation (count, sum, min, max, avg) in an expression has an 8-byte Int type.
//   - Assignments convert: the value has exactly the type of the variable or map value (strings excepted:
//     a shorter string type may be assigned to a longer one; the rest of the place is zeroed).
//   - A map key has exactly the map's key type (same exception); a scalar map has a null key.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/source.h"
#include "lang/builtins.h"
#include "lang/config.h"
#include "lang/events.h"
#include "lang/probes.h"
#include "types/type.h"

namespace scry::hir {

enum class VariableId : uint32_t {};  // index into Probe::variables
enum class MapId : uint32_t {};       // index into Program::maps
enum class FormatId : uint32_t {};    // index into Program::formats

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

// --- expressions --------------------------------------------------------------------------------
struct IntLiteral {
  uint64_t value = 0;
};  // also bool; negative numbers as two's complement
struct StringLiteral {
  std::string bytes;
};  // without the NUL; type is string[size+1] or larger
// `$N` (1-based), resolved when the plan runs. Type Int (missing: 0) or String.
struct Parameter {
  uint32_t index = 0;
};
struct ParameterCount {};
// `number`: N of argN; of nsecs the clock. pid, tid, nsecs, retval, arg0…, probe (scalars), comm (string), kstack and ustack (the type has the limit).
struct Builtin {
  lang::BuiltinId id;
  uint32_t number = 0;
};
// args.field of a tracepoint: codegen and the runtime find it by name.
struct TracepointField {
  std::string name;
};
// args.name of a raw tracepoint or a typed function, by the name that BTF gives it; or lang::kResult.
struct RawArgument {
  std::string name;
};
// Where a member lies in a struct that the script defines: the bytes that hold it, and the bits above it, and above and
// below it, in the 8 bytes that begin with them.
struct FixedPlace {
  uint64_t offset = 0;
  uint32_t bytes = 0;
  uint32_t shift_left = 0, shift_right = 0;
};
// The member of struct `record` (its tag, or a typedef's name) that `path` leads to from `base`, a pointer to the
// struct: "cred.uid", "bits[2]"; "" is the whole. Where it lies, and how many bits it has, is asked of the kernel
// that runs the plan, unless the script defines the struct. One that is a struct is no value; only sema sees it.
struct Member {
  ExprPtr base;
  std::string record;
  std::string path;
  bool is_bit_field = false;
  bool is_near = false;                  // in reach of a load's own offset
  std::optional<FixedPlace> fixed = {};  // without: asked of the kernel
};
// sizeof() or offsetof() of such a member, on the kernel that runs the plan.
struct Layout {
  std::string record;
  std::string path;
  bool is_offset = false;
};
struct Variable {
  VariableId id;
};
// The element's value; zero when it is missing.
struct MapRead {
  MapId map;
  ExprPtr key;
};
struct StringAtPointer {
  ExprPtr pointer;
  ExprPtr length;
};  // str(); length may be null
struct Deref {
  ExprPtr pointer;
};  // *p; scalars only
enum class UnaryOp : uint8_t { Negate, BitNot, Not };
struct Unary {
  UnaryOp op;
  ExprPtr operand;
};
enum class BinaryOp : uint8_t {
  Add,
  Subtract,
  Multiply,
  Divide,
  Modulo,
  BitAnd,
  BitOr,
  BitXor,
  ShiftLeft,
  ShiftRight,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
};
// Divide, Modulo, ShiftRight and the orderings follow the sign of the operands' type. Division by zero
// gives 1.
struct Binary {
  BinaryOp op;
  ExprPtr left, right;
};
struct Logical {
  bool is_and = true;
  ExprPtr left, right;
};  // short-circuit
struct Conditional {
  ExprPtr condition, if_true, if_false;
};  // all of the expression's type
// Between scalars: extend, truncate, to bool (!= 0). From ProbeName to String. From string to longer
// string.
struct Cast {
  ExprPtr operand;
};
// ++ and --: `step` is +1, -1, or the pointee's size with that sign.
struct IncrementVariable {
  VariableId id;
  int64_t step = 1;
  bool is_prefix = false;
};
struct IncrementMap {
  MapId map;
  ExprPtr key;
  int64_t step = 1;
  bool is_prefix = false;
};
struct TupleValue {
  std::vector<ExprPtr> elements;
};
struct TupleField {
  ExprPtr tuple;
  uint32_t index = 0;
};
// ksym(), usym(), strftime(), username: a number that the runtime shows as text; the type says how.
struct Symbol {
  ExprPtr address;
};
// A function of the kernel's side, by its id: its arguments' types are what its hook in sema has made them.
struct Call {
  lang::BuiltinId id;
  std::vector<ExprPtr> arguments;
  std::string text;  // kaddr: the symbol
};
// The text with this number, `otherwise` when there is none or it is empty.
struct TextOf {
  ExprPtr number;
  std::vector<std::string> texts;
  std::string otherwise;
};
struct DeleteElement {
  MapId map;
  ExprPtr key;
};  // Bool: was it there?
struct HasElement {
  MapId map;
  ExprPtr key;
};  // Bool
// The number of elements.
struct MapLength {
  MapId map;
};
struct StringLength {
  ExprPtr string;
};
// strncmp(): 0 if the first `count` bytes are equal, else 1.
struct StringsDiffer {
  ExprPtr left, right;
  uint32_t count = 0;
};

struct Expr {
  Type type;
  Span span;
  std::variant<IntLiteral, StringLiteral, Parameter, ParameterCount, Builtin, TracepointField,
               RawArgument, Member, Layout, Variable, MapRead, StringAtPointer, Deref, Unary,
               Binary, Logical, Conditional, Cast, IncrementVariable, IncrementMap, TupleValue,
               TupleField, Symbol, DeleteElement, HasElement, MapLength, StringLength,
               StringsDiffer, Call, TextOf>
      node;
};

// --- statements ---------------------------------------------------------------------------------
struct Stmt;
using StmtPtr = std::unique_ptr<Stmt>;
using Block = std::vector<StmtPtr>;

struct Evaluate {
  ExprPtr value;
};  // for its effect
struct AssignVariable {
  VariableId id;
  ExprPtr value;
};
struct AssignMap {
  MapId map;
  ExprPtr key;
  ExprPtr value;
};
// @m[k] op= value: one atomic step where the kernel can; op is an arithmetic, bitwise or shift operator.
struct UpdateMap {
  MapId map;
  ExprPtr key;
  BinaryOp op;
  ExprPtr value;
};
// @m[k] = count() …: the map's value type says which aggregation. Value is null for count.
struct Aggregate {
  MapId map;
  ExprPtr key;
  ExprPtr value;
};
// Sends an event: printf, print, clear, exit. The arguments have the types of the format.
struct Emit {
  FormatId format;
  std::vector<ExprPtr> arguments;
};
struct If {
  ExprPtr condition;
  Block then;
  Block otherwise;
};
// while (condition) { body; step }. Continue goes to `step`.
struct Loop {
  ExprPtr condition;
  Block body;
  Block step;
};
// for $variable : from..to { body }: an 8-byte Int; the bounds (int64) are evaluated once. The kernel counts and
// calls the body back, so there may be any number of iterations; at run time at most kMostIterations.
struct ForRange {
  VariableId variable;
  ExprPtr from, to;
  Block body;
};
inline constexpr uint32_t kMostIterations = 8 << 20;  // BPF_MAX_LOOPS
// for $variable : @map { body }: a Tuple of key and value; an aggregation's value is its 8-byte Int. The kernel calls
// the body back for each element.
struct ForEach {
  VariableId variable;
  MapId map;
  Block body;
};
struct Break {};     // leaves the innermost loop
struct Continue {};  // of the innermost loop
struct Return {};    // ends the probe
// An exit() is an Emit of an Exit event followed by a Return.

struct Stmt {
  Span span;
  std::variant<Evaluate, AssignVariable, AssignMap, UpdateMap, Aggregate, Emit, If, Loop, ForRange,
               ForEach, Break, Continue, Return, Block>
      node;
};

// --- declarations -------------------------------------------------------------------------------
struct VariableDecl {
  std::string name;  // with `$`
  Type type;
  Span span;  // where it is first written
};

struct MapDecl {
  std::string name;  // with `@`
  Type key;          // None for a scalar map; Tuple for several keys
  Type value;        // may be an aggregation
  uint32_t max_entries = 0;
  Span span;

  bool is_scalar() const { return key.is_none(); }
};

// A body and where it hangs. All its attach points are of one kind (and, for system calls, of one
// direction); a clause with several kinds, or whose `args` differ between attach points, becomes several
// probes.
struct Probe {
  std::vector<lang::AttachPoint> attach_points;
  std::vector<VariableDecl> variables;
  Block body;
  Span span;  // the whole clause
};

struct Program {
  std::vector<MapDecl> maps;               // in name order
  std::vector<lang::EventFormat> formats;  // EventFormat::map is a MapId
  std::vector<Probe> probes;               // in declaration order
  std::vector<types::Enumeration> enums;   // of what events and maps hold
  lang::Config config;
  uint32_t parameter_count = 0;  // the highest $N used
  uint32_t most_frames = 0;      // of any stack; 0: no stacks
};

// One readable text of the whole program, for `--emit=hir` and goldens.
std::string dump(const Program& program);

}  // namespace scry::hir
