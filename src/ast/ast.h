// The written tree: a script as its author wrote it, nothing resolved. The parser builds it
// (grammar/parse.h); sema reads it, the formatter prints it, nobody changes it. It never knows what
// a name means: `pid` is an Identifier, `count()` a Call, `u32` a NamedType, whatever they turn out
// to be. Sugar stays sugar: predicates, `++`, `unroll` and if-expressions are nodes of their own.
//
// Every node is a plain struct in a closed variant; a parent owns its children. The height of a tree
// is at most kMaxHeight, so recursing over one is safe. Names stand without their sigil: `$x` is
// "x", `@` is "".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/source.h"

namespace scry::ast {

inline constexpr uint32_t kMaxHeight = 1000;

struct Expr;
struct Stmt;
struct Type;
using ExprPtr = std::unique_ptr<Expr>;
using StmtPtr = std::unique_ptr<Stmt>;
using TypePtr = std::unique_ptr<Type>;

// A name and where it stands.
struct Name {
  std::string text;
  Span span;
};

// `{ stmts; value }`. The value is the last expression without a `;`. Only a block that stands for a
// value has one: a block expression, an arm of an if-expression, a macro's body. In every other
// block a last expression is an ExprStmt, `;` or not.
struct Block {
  Span span;  // with both braces
  std::vector<StmtPtr> stmts;
  ExprPtr value;  // null: none
};

// --- types ----------------------------------------------------------------------------------------

// `int32`, `u64`, `size_t`, `string`, and any other single name.
struct NamedType {
  std::string name;
};
// `struct X`, `union X`, `enum X`.
enum class Tag { Struct, Union, Enum };
struct TaggedType {
  Tag tag;
  Name name;
};
// `typeof(x)` where a type is wanted; the operand as in Typeof below.
struct TypeofType {
  ExprPtr operand;
};
// `T*`
struct PointerType {
  TypePtr target;
};
// `T[N]`, `T[]`. Also the length of `string[N]`, `buffer[N]`, `inet[N]`: the same text, so the same
// node. Suffixes read left to right: `int8*[4]` is an array of pointers.
struct ArrayType {
  TypePtr element;
  ExprPtr count;  // null: `[]`
};

struct Type {
  Span span;
  uint32_t height = 1;
  std::variant<NamedType, TaggedType, TypeofType, PointerType, ArrayType> node;
};

// --- expressions ----------------------------------------------------------------------------------

// `42`, `0x2a`, `1e6`, `10ms`. Never negative: `-1` is a Unary.
struct Integer {
  uint64_t value = 0;        // durations in nanoseconds
  std::string text;          // as written
  bool is_unsigned = false;  // had a `u` suffix
};
struct String {
  std::string value;  // decoded bytes
};
struct Bool {
  bool value = false;
};
// A bare name: a builtin, an enum constant, a #define, a macro, a macro's parameter.
struct Identifier {
  std::string name;
};
// `$x`
struct Scratch {
  std::string name;
};
// `@m`, `@m[a, b]`. No keys is the map itself or a scalar map's value; `@m[(a, b)]` is one key, a Tuple.
struct Map {
  std::string name;
  std::vector<ExprPtr> keys;
};
// `$1` (index 1)
struct Positional {
  uint32_t index = 1;
};
// `$#`
struct PositionalCount {};

enum class UnaryOp { Not, BitNot, Negate, Dereference, AddressOf };
struct Unary {
  UnaryOp op;
  ExprPtr operand;
};
// `++x`, `x--`. The target is a Scratch or a Map.
struct Step {
  bool is_increment = true;
  bool is_prefix = true;
  ExprPtr target;
};
enum class BinaryOp {
  LogicalOr,
  LogicalAnd,
  BitOr,
  BitXor,
  BitAnd,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  ShiftLeft,
  ShiftRight,
  Add,
  Subtract,
  Multiply,
  Divide,
  Modulo,
};
struct Binary {
  BinaryOp op;
  Span op_span;
  ExprPtr left;
  ExprPtr right;
};
// `c ? a : b`, `a ?: b`
struct Ternary {
  ExprPtr condition;
  ExprPtr then;  // null: `?:`
  ExprPtr otherwise;
};
// `(T)e`
struct Cast {
  TypePtr type;
  ExprPtr operand;
};
// `f(a, b)`, also `f!(a, b)`. An argument may be a TypeOperand: `f(struct x, uint64*)`.
struct Call {
  Name callee;
  std::vector<ExprPtr> args;
};
// `e.name`, `e->name`
struct Field {
  ExprPtr object;
  Name name;
  bool is_arrow = false;
};
// `e.0`
struct TupleIndex {
  ExprPtr object;
  uint64_t index = 0;
  Span index_span;
};
// `e[i]` on anything but a map
struct ArrayIndex {
  ExprPtr object;
  ExprPtr index;
};
// `()`, `(a,)`, `(a, b)`
struct Tuple {
  std::vector<ExprPtr> elements;
};
// `(x = 1, y = 2)`
struct RecordField {
  Name name;
  ExprPtr value;
};
struct Record {
  std::vector<RecordField> fields;
};
// `{ stmts; value }` where a value is wanted
struct BlockExpr {
  Block block;
};
// `if (c) { a } else { b }` where a value is wanted. `else if` is an `otherwise` block that holds
// nothing but the next IfExpr as its value; is_else_if tells it from a written block.
struct IfExpr {
  bool is_comptime = false;
  ExprPtr condition;
  Block then;
  Block otherwise;
  bool is_else_if = false;
};
// `comptime e`
struct Comptime {
  ExprPtr operand;
};
// A type where an expression may stand: an operand of sizeof, offsetof, typeof, typeinfo, or an
// argument of a call. A lone name after `sizeof(` is one too; sema tells types from other names.
struct TypeOperand {
  TypePtr type;
};
// `sizeof(e)`, `typeof(e)`, `typeinfo(e)`; the operand is never evaluated.
struct Sizeof {
  ExprPtr operand;
};
struct Typeof {
  ExprPtr operand;
};
struct Typeinfo {
  ExprPtr operand;
};
// `offsetof(e, a.b.c)`
struct Offsetof {
  ExprPtr operand;
  std::vector<Name> path;
};

struct Expr {
  Span span;
  uint32_t height = 1;
  std::variant<Integer, String, Bool, Identifier, Scratch, Map, Positional, PositionalCount, Unary,
               Step, Binary, Ternary, Cast, Call, Field, TupleIndex, ArrayIndex, Tuple, Record,
               BlockExpr, IfExpr, Comptime, TypeOperand, Sizeof, Typeof, Typeinfo, Offsetof>
      node;
};

// --- statements -----------------------------------------------------------------------------------

// `e;`
struct ExprStmt {
  ExprPtr expr;
};
// `target = e;`, `target += e;`. The target is a Scratch or a Map.
struct Assign {
  ExprPtr target;
  std::optional<BinaryOp> op;  // nullopt: `=`
  Span op_span;
  ExprPtr value;
};
// `_ = e;`
struct Discard {
  ExprPtr value;
};
// `let $x;`, `let $x : T = e;`
struct Let {
  Name name;
  TypePtr type;   // null: none
  ExprPtr value;  // null: none
};
// `if c { } else if d { } else { }`, `if comptime (c) { }`
struct If {
  bool is_comptime = false;
  ExprPtr condition;
  Block then;
  StmtPtr otherwise;  // null, a BlockStmt or another If
};
// `unroll (n) { }`
struct Unroll {
  ExprPtr count;
  Block body;
};
// `while (c) { }`
struct While {
  ExprPtr condition;
  Block body;
};
// `for ($i : a..b) { }`
struct ForRange {
  Name variable;
  ExprPtr from;
  ExprPtr to;
  Block body;
};
// `for ($kv : @m) { }`
struct ForEach {
  Name variable;
  ExprPtr iterable;
  Block body;
};
struct Break {};
struct Continue {};
// `return;`, `return e;`
struct Return {
  ExprPtr value;  // null: none
};
struct BlockStmt {
  Block block;
};
// `import "stdlib/x";` inside a block
struct ImportStmt {
  Name path;  // decoded; the span has the quotes
};

struct Stmt {
  Span span;
  uint32_t height = 1;
  std::variant<ExprStmt, Assign, Discard, Let, If, Unroll, While, ForRange, ForEach, Break,
               Continue, Return, BlockStmt, ImportStmt>
      node;
};

// --- the script -----------------------------------------------------------------------------------

// A part of an attach point, between two `:`. What stood in quotes is kept apart: it is decoded, and a
// `$1` in it is no positional parameter. In the rest `$1` is still text.
struct AttachPart {
  struct Piece {
    std::string text;
    bool is_quoted = false;
  };
  Span span;
  std::vector<Piece> pieces;

  // The pieces together: what the part says when it names no positional parameter.
  std::string text() const;
};

// `kprobe:vfs_read`: provider and arguments. An alias or unknown provider is as written.
struct AttachPoint {
  Span span;
  AttachPart provider;
  std::vector<AttachPart> args;  // after the first `:`; `usdt::a:b` has an empty one
};

struct Probe {
  Span span;
  std::optional<Name> name;  // `name=` before the first attach point
  std::vector<AttachPoint> attach_points;
  ExprPtr predicate;  // null: none
  Block body;
};

struct MacroParam {
  enum class Kind { Expr, Scratch, Map };
  Kind kind;
  Name name;
};
// `macro name(params) { }`; without parentheses the same as with empty ones.
struct Macro {
  Span span;
  Name name;
  std::vector<MacroParam> params;
  Block body;
};

struct FnParam {
  Name name;
  TypePtr type;
};
// `fn name($a : T) : T { }`
struct Fn {
  Span span;
  Name name;
  std::vector<FnParam> params;
  TypePtr result;  // null: none written
  Block body;
};

// `let @m = hash(1024);`
struct MapDecl {
  Span span;
  Name name;
  Name kind;
  ExprPtr entry_count;  // null: `hash()`
};

using Item = std::variant<Probe, Macro, Fn, MapDecl>;

// A preprocessor line or a struct, union or enum definition, verbatim.
struct CDefinition {
  Span span;
  std::string text;
};

// `key = value;`: a String, Bool, Integer or Identifier.
struct ConfigEntry {
  Name key;
  ExprPtr value;
};
struct Config {
  Span span;
  std::vector<ConfigEntry> entries;
};

// `import "path";`
struct Import {
  Span span;
  Name path;  // decoded; the span has the quotes
};

struct Script {
  FileId file = FileId::Main;
  std::optional<Span> shebang;
  std::vector<CDefinition> c_definitions;
  std::optional<Config> config;
  std::vector<Import> imports;
  std::vector<Item> items;
  std::vector<Span> comments;  // in order; with `//` or `/* */`, without the newline

  size_t probe_count() const;
};

// --- walking --------------------------------------------------------------------------------------

// Any node below an item. Never null.
using NodeRef = std::variant<const Expr*, const Stmt*, const Type*, const Block*>;

// The direct children, as written from left to right.
std::vector<NodeRef> children(NodeRef node);
std::vector<NodeRef> children(const Item& item);

// Visits the tree under `root`, parents first, left to right; `visit(NodeRef) -> bool`, false skips
// what is below.
template <typename Visit>
void walk(NodeRef root, Visit&& visit) {
  std::vector<NodeRef> pending{root};
  while (!pending.empty()) {
    const NodeRef node = pending.back();
    pending.pop_back();
    if (!visit(node)) continue;
    const std::vector<NodeRef> below = children(node);
    pending.insert(pending.end(), below.rbegin(), below.rend());
  }
}
template <typename Visit>
void walk(const Item& item, Visit&& visit) {
  for (NodeRef node : children(item)) walk(node, visit);
}

// `+`, `==`, … as written.
std::string_view spelling(BinaryOp op);
std::string_view spelling(UnaryOp op);
std::string_view spelling(Tag tag);

}  // namespace scry::ast
