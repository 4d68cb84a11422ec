// Lowering: one body of a script (a clause with the attach points that share it) from AST to HIR. Runs
// once a round: inference repeats rounds until no type changes, and the last round's HIR and messages
// are the ones that count. Files: statements.cpp, expressions.cpp, operators.cpp, casts.cpp, fields.cpp,
// members.cpp, map_access.cpp, builtins/.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ast/ast.h"
#include "diag/diagnostics.h"
#include "hir/hir.h"
#include "kernel/btf.h"
#include "kernel/facts.h"
#include "lang/builtins.h"
#include "sema/convert.h"
#include "sema/definitions.h"
#include "sema/kernel_types.h"
#include "sema/maps.h"
#include "sema/sema.h"
#include "sema/variables.h"

namespace scry::sema {

using diag::Id;

// What all bodies of a script share.
struct Unit {
  Unit(const ast::Script& s, kernel::KernelFacts& f, const Options& o)
      : script(s), facts(f), options(o), maps(s), macros(s, definitions, o) {}

  const ast::Script& script;
  kernel::KernelFacts& facts;
  const Options& options;
  lang::Config config;
  Maps maps;
  cdefs::Definitions definitions;  // of the C section
  Macros macros;
  std::vector<lang::EventFormat> formats;  // of this round
  std::map<std::string, std::optional<EnumConstant>>
      kernel_constants;          // looked up in BTF, which is slow
  uint32_t parameter_count = 0;  // the highest $N seen
  uint32_t most_frames = 0;      // of any stack
  // A C section that was not read to the end, macros, imports: names that sema cannot know.
  bool has_foreign_names = false;
  // A part of the script was refused unread: it may write to any map.
  bool has_unread_parts = false;
  bool has_changed = false;       // a type has widened in this round
  bool assumes_integers = false;  // a type that nothing decides is int64

  uint32_t max_string_size() const {
    return static_cast<uint32_t>(config.number(lang::ConfigKey::MaxStrlen));
  }
};

struct Body {
  const ast::Probe* clause = nullptr;
  std::vector<lang::AttachPoint> attach_points;
  Variables variables;
};

// A use of a builtin, as a variable or a call.
struct BuiltinUse {
  lang::BuiltinId id;
  uint32_t number = 0;  // argN
  Span span;
  bool is_call = false;
  const std::vector<ast::ExprPtr>& args;

  const char* name() const { return lang::row(id).name; }
};

class Lowering {
 public:
  Lowering(Unit& unit, Body& body, Diagnostics& diags);

  hir::Block lower_body();

  // --- for every construct
  template <Id id, typename... Args>
  diag::Diagnostic& report(Span span, Args&&... args) {
    return diags_.add<id>(span, std::forward<Args>(args)...);
  }
  template <Id id, typename... Args>
  ExprPtr refuse(Span span, Args&&... args) {
    diags_.add<id>(span, std::forward<Args>(args)...);
    return poison(span);
  }
  ExprPtr not_supported(Span span, std::string_view what);
  // retval of fexit.
  ExprPtr typed_result(Span span);

  Unit& unit() { return unit_; }
  const Body& body() const { return body_; }
  lang::ProbeKind probe_kind() const { return body_.attach_points.front().kind; }
  // Where a bare address points in this probe.
  types::AddressSpace address_space() const;

  // The value of an expression: poison after an error, type None for a call without a result.
  ExprPtr lower(const ast::Expr& expr);
  // The same, but it may also be a Member that is no value: a struct, an array without an end.
  ExprPtr lower_place(const ast::Expr& expr);
  // A string, where one is wanted: a positional parameter becomes one.
  ExprPtr lower_as_string(const ast::Expr& expr) { return parameter_as_string(lower(expr)); }
  // An expression for its effect: calls without a result may stand here.
  void lower_effect(const ast::Expr& expr);
  void emit(decltype(hir::Stmt::node) node, Span span);
  void emit_event(lang::EventFormat format, std::vector<ExprPtr> arguments);

  // --- maps (map_access.cpp)
  struct Place {
    MapId map;
    ExprPtr key;  // null: scalar
  };
  // The element that `@m[k]` or `@m` names; nullopt after an error.
  std::optional<Place> place(const ast::Map& map, Span span);
  std::optional<Place> place(MapId map, ExprPtr key, Span span);
  ExprPtr lower_key(const std::vector<ast::ExprPtr>& keys, Span span);
  // False, and a message, when nothing in the script writes to the map.
  bool check_written(MapId map, Span span);
  ExprPtr read(Place place, Span span);
  // What a read of an element gives: an integer for the aggregations that are one.
  static Type read_type(const MapState& map);
  // The aggregation that the expression reads directly, or null.
  const Type* aggregation_of(const hir::Expr& expr) const;

  // --- members.cpp
  // The kernel's types; null, and a message, when there are none.
  kernel::Btf* btf(Span span);
  // Where a member lies; nullopt if there is none.
  struct MemberPlace {
    Type type;
    bool is_bit_field = false;
    bool is_near = false;
    std::optional<hir::FixedPlace> fixed;
    uint32_t kernel_type = 0;  // without `fixed`
  };
  std::optional<MemberPlace> find_member(const std::string& record, const std::string& path,
                                         types::AddressSpace space);
  // False, and a message, when it takes the kernel's types to know the struct and there are none.
  bool is_known(const std::string& record, Span span);
  ExprPtr layout(const std::string& record, const std::string& path, bool is_offset, Span span);
  ExprPtr address_of(ExprPtr array, Span span);
  // See hir::Member.
  ExprPtr member(ExprPtr base, const std::string& record, const std::string& path, Span span);

  // --- operators and casts
  ExprPtr binary(hir::BinaryOp op, ExprPtr left, ExprPtr right, Span span);
  ExprPtr condition(const ast::Expr& expr);
  // The expression as an integer of 8 bytes, or null if its type is none.
  ExprPtr as_integer(ExprPtr expr);
  std::optional<Type> resolve_type(const ast::Type& type);

 private:
  // --- members.cpp
  ExprPtr field_of(ExprPtr object, const ast::Name& name, Span span);
  // `object` is a Member: an array or a string.
  ExprPtr element_of(ExprPtr object, ExprPtr index, Span span);
  ExprPtr unknown_member(const std::string& record, const MemberPlace& whole, const ast::Name& name,
                         Span span);
  // Of sizeof and offsetof: a type, and the member that it is of, if it is.
  struct Operand {
    Type type;
    std::string record, path;
  };
  std::optional<Operand> operand(const ast::Expr& expr);

  // --- statements.cpp, loops.cpp
  void lower(const ast::Stmt& stmt);
  hir::Block lower(const ast::Block& block);
  void lower_statements(const std::vector<ast::StmtPtr>& stmts);
  void evaluate(ExprPtr value);
  void operator()(const ast::ExprStmt& s, Span span);
  void operator()(const ast::Assign& s, Span span);
  void operator()(const ast::Discard& s, Span span);
  void operator()(const ast::Let& s, Span span);
  void operator()(const ast::If& s, Span span);
  void operator()(const ast::Unroll& s, Span span);
  void operator()(const ast::While& s, Span span);
  void operator()(const ast::ForRange& s, Span span);
  void operator()(const ast::ForEach& s, Span span);
  // The literal that a bound of a range or a count is; also of a positional parameter that is known.
  std::optional<Wide> known_integer(const hir::Expr& expr) const;
  hir::Block lower_loop_body(const ast::Block& block);
  // Of a loop whose body the kernel calls back.
  hir::Block lower_callback_body(const ast::Block& block, Span span);
  bool check_loop_variable(const ast::Name& variable);
  void walk_range(const ast::ForRange& s, Wide first, Wide end, Span span);
  std::optional<Type> element_type(MapId map, Span span);
  void operator()(const ast::Break& s, Span span);
  void operator()(const ast::Continue& s, Span span);
  void operator()(const ast::Return& s, Span span);
  void operator()(const ast::BlockStmt& s, Span span);
  void operator()(const ast::ImportStmt& s, Span span);

  // --- assignments.cpp
  void assign_variable(const ast::Scratch& target, const ast::Assign& s, Span span);
  void assign_map(const ast::Map& target, const ast::Assign& s, Span span);
  void assign_aggregation(const ast::Map& target, const BuiltinUse& use, Span target_span,
                          Span span);
  void update_map(const ast::Map& target, const ast::Assign& s, Span span);
  std::optional<Type> declared_type(const ast::Let& s, Span span);
  // The value as the variable holds it; null after an error.
  ExprPtr fit_variable(VariableId id, ExprPtr value, Span span);
  ExprPtr fit_map(MapId map, ExprPtr value, Span span);
  bool widen(Type& slot, const Type& type);
  bool check_new_name(const std::string& name, Span span);
  void warn_of_sign_loss(const hir::Expr& value, const Type& to);
  std::optional<VariableId> find_variable(const std::string& name, Span span);
  ExprPtr step_variable(const ast::Step& step, const ast::Scratch& target, Span span);
  ExprPtr step_map(const ast::Step& step, const ast::Map& target, Span span);

  // --- expressions.cpp
  ExprPtr operator()(const ast::Integer& e, Span span);
  ExprPtr operator()(const ast::String& e, Span span);
  ExprPtr operator()(const ast::Bool& e, Span span);
  ExprPtr operator()(const ast::Identifier& e, Span span);
  ExprPtr operator()(const ast::Scratch& e, Span span);
  ExprPtr operator()(const ast::Map& e, Span span);
  ExprPtr operator()(const ast::Positional& e, Span span);
  ExprPtr operator()(const ast::PositionalCount& e, Span span);
  ExprPtr operator()(const ast::Unary& e, Span span);
  ExprPtr operator()(const ast::Step& e, Span span);
  ExprPtr operator()(const ast::Binary& e, Span span);
  ExprPtr operator()(const ast::Ternary& e, Span span);
  ExprPtr operator()(const ast::Cast& e, Span span);
  ExprPtr operator()(const ast::Call& e, Span span);
  ExprPtr operator()(const ast::Field& e, Span span);
  ExprPtr operator()(const ast::TupleIndex& e, Span span);
  ExprPtr operator()(const ast::ArrayIndex& e, Span span);
  ExprPtr operator()(const ast::Tuple& e, Span span);
  ExprPtr operator()(const ast::Record& e, Span span);
  ExprPtr operator()(const ast::BlockExpr& e, Span span);
  ExprPtr operator()(const ast::IfExpr& e, Span span);
  ExprPtr operator()(const ast::Comptime& e, Span span);
  ExprPtr operator()(const ast::TypeOperand& e, Span span);
  ExprPtr operator()(const ast::Sizeof& e, Span span);
  ExprPtr operator()(const ast::Typeof& e, Span span);
  ExprPtr operator()(const ast::Typeinfo& e, Span span);
  ExprPtr operator()(const ast::Offsetof& e, Span span);
  ExprPtr unknown_identifier(const std::string& name, Span span);
  ExprPtr expand(const std::string& name, const cdefs::Macro& macro, Span span);

  // --- casts.cpp
  std::optional<Type> tagged_type(const ast::TaggedType& tagged, Span span);
  bool check_constant(const hir::Expr& value, const Type& type, Span span);

  // --- operators.cpp
  ExprPtr logical(bool is_and, ExprPtr left, ExprPtr right, Span span);
  ExprPtr compare(hir::BinaryOp op, ExprPtr left, ExprPtr right, Span span);
  ExprPtr compare_probe_name(hir::BinaryOp op, ExprPtr name, ExprPtr text, Span span);
  ExprPtr arithmetic(hir::BinaryOp op, ExprPtr left, ExprPtr right, Span span);
  ExprPtr move_pointer(hir::BinaryOp op, ExprPtr pointer, ExprPtr count, Span span);
  ExprPtr mismatch(hir::BinaryOp op, const hir::Expr& left, const hir::Expr& right, Span span);
  ExprPtr choose(ExprPtr condition, ExprPtr if_true, ExprPtr if_false, Span span);
  ExprPtr negate(ExprPtr operand, Span span);
  ExprPtr invert(ExprPtr operand, Span span);
  ExprPtr deref(ExprPtr pointer, Span span);

  // --- fields.cpp
  ExprPtr raw_argument(const ast::Name& field, Span span);
  // What the attach point of a raw tracepoint or typed function means in BTF.
  struct Typed {
    std::string name;
    std::vector<kernel::Btf::Part> arguments;
    uint32_t result = 0;  // type; 0: nothing
  };
  std::vector<Typed> typed_matches(kernel::Btf& types);
  ExprPtr args_field(const ast::Name& field, Span object_span);
  ExprPtr record_field(const ast::Name& field, Span span);
  ExprPtr unknown_field(const ast::Name& field, Span span, const std::string& event,
                        const std::vector<std::string>& names);

  // --- builtins/
  ExprPtr lower_builtin(const BuiltinUse& use);
  // True if the builtin has been lowered as a statement.
  bool lower_builtin_effect(const BuiltinUse& use);
  bool check_use(const BuiltinUse& use);
  std::optional<BuiltinUse> find_builtin(const ast::Expr& expr) const;

  Unit& unit_;
  Body& body_;
  Variables& variables_;
  Diagnostics& diags_;
  hir::Block* out_ = nullptr;  // the block being filled
  uint32_t loops_ = 0;         // around the statement being lowered
  uint32_t callbacks_ = 0;     // those of them that the kernel counts
  uint32_t unrolled_ = 1;      // copies of the statement being lowered
  uint32_t walked_ = 1;        // how often the verifier walks the statement being lowered
};

// Nullopt for && and ||, which are no BinaryOp in HIR.
std::optional<hir::BinaryOp> hir_op(ast::BinaryOp op);

// Does the block never reach its end?
bool ends(const hir::Block& block);

}  // namespace scry::sema
