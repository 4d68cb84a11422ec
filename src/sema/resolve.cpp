// The whole script: what has no meaning yet, bodies and their attach points, rounds of inference, the
// program.
#include <fmt/format.h>

#include "sema/attach_points.h"
#include "sema/enums.h"
#include "sema/lowering.h"
#include "sema/sema.h"

namespace scry::sema {

namespace {

// Types only widen, and a widening reaches the next map in one round: only a long chain of maps that are
// assigned to each other against the order of the script needs more.
constexpr int kMostRounds = 64;

void refuse_unfinished(const ast::Script& script, Unit& unit, Diagnostics& diags) {
  const auto refuse = [&](Span span, std::string_view what) {
    diags.add<Id::NotSupportedYet>(span, what);
    unit.has_foreign_names = true;
  };
  for (const ast::Import& import : script.imports) refuse(import.span, "import");
  for (const ast::Item& item : script.items) {
    if (const auto* macro = std::get_if<ast::Macro>(&item)) refuse(macro->name.span, "macro");
    if (const auto* fn = std::get_if<ast::Fn>(&item)) refuse(fn->name.span, "fn");
  }
}

void declare_map(const ast::MapDecl& decl, Unit& unit, Diagnostics& diags) {
  const auto* count =
      decl.entry_count ? std::get_if<ast::Integer>(&decl.entry_count->node) : nullptr;
  if (decl.kind.text != "hash") {
    diags.add<Id::NotSupportedYet>(decl.kind.span,
                                   fmt::format("a map of kind `{}`", decl.kind.text));
  } else if (!count || count->value == 0 || count->value > UINT32_MAX) {
    diags.add<Id::MapSize>(decl.entry_count ? decl.entry_count->span : decl.kind.span);
  } else {
    unit.maps[unit.maps.id(decl.name.text)].max_entries = static_cast<uint32_t>(count->value);
  }
}

// Must each attach point have a body of its own? For `args`, and where `probe` is compared.
bool depends_on_attach_point(const ast::Probe& clause, Macros& macros) {
  bool depends = false;
  const auto is_name = [&](const ast::ExprPtr& expr, std::string_view name) {
    const auto* identifier =
        expr ? std::get_if<ast::Identifier>(&macros.behind(*expr).node) : nullptr;
    return identifier && identifier->name == name;
  };
  const auto visit = [&](ast::NodeRef node) {
    const auto* written = std::get_if<const ast::Expr*>(&node);
    if (!written) return !depends;
    const ast::Expr* const expr = &macros.behind(**written);
    if (const auto* field = std::get_if<ast::Field>(&expr->node))
      depends |= is_name(field->object, "args");
    if (const auto* binary = std::get_if<ast::Binary>(&expr->node))
      depends |= is_name(binary->left, "probe") || is_name(binary->right, "probe");
    return !depends;
  };
  if (clause.predicate) ast::walk(ast::NodeRef(clause.predicate.get()), visit);
  ast::walk(ast::NodeRef(&clause.body), visit);
  return depends;
}

std::vector<Body> make_bodies(Unit& unit, Diagnostics& diags) {
  std::vector<Body> bodies;
  for (const ast::Item& item : unit.script.items) {
    const auto* clause = std::get_if<ast::Probe>(&item);
    if (!clause) continue;
    auto points = resolve_attach_points(*clause, unit.facts, unit.options, unit.config,
                                        unit.parameter_count, diags);
    unit.has_unread_parts |= points.empty();
    for (auto& group :
         group_attach_points(std::move(points), depends_on_attach_point(*clause, unit.macros)))
      bodies.push_back({clause, std::move(group), {}});
  }
  return bodies;
}

// One pass over all bodies.
std::vector<hir::Probe> lower_bodies(Unit& unit, std::vector<Body>& bodies, Diagnostics& diags) {
  unit.has_changed = false;
  unit.formats.clear();
  std::vector<hir::Probe> probes;
  for (Body& body : bodies) {
    hir::Probe probe;
    probe.attach_points = body.attach_points;
    probe.body = Lowering(unit, body, diags).lower_body();
    probe.variables = body.variables.declarations();
    probe.span = body.clause->span;
    probes.push_back(std::move(probe));
  }
  return probes;
}

// Rounds until no type changes; what is then still unknown is an integer, so once more.
void infer(Unit& unit, std::vector<Body>& bodies) {
  for (const bool assumes_integers : {false, true}) {
    unit.assumes_integers = assumes_integers;
    int rounds = 0;
    do {
      Diagnostics unheard;
      lower_bodies(unit, bodies, unheard);
    } while (unit.has_changed && ++rounds < kMostRounds);
  }
}

}  // namespace

hir::Program resolve(const ast::Script& script, kernel::KernelFacts& facts, const Options& options,
                     Diagnostics& diags) {
  Unit unit(script, facts, options);
  unit.config = resolve_config(script, options, diags);
  unit.definitions = resolve_definitions(script, facts, diags);
  unit.has_foreign_names = unit.definitions.is_incomplete;
  refuse_unfinished(script, unit, diags);
  for (const ast::Item& item : script.items)
    if (const auto* decl = std::get_if<ast::MapDecl>(&item)) declare_map(*decl, unit, diags);
  if (script.probe_count() == 0 && !diags.has_errors())
    diags.add<Id::NoProbes>(Span{0, 0, script.file});

  std::vector<Body> bodies = make_bodies(unit, diags);
  if (bodies.empty() && script.probe_count() > 0 && !diags.has_errors())
    diags.add<Id::NoProbes>(Span{0, 0, script.file});
  infer(unit, bodies);
  hir::Program program;
  program.probes = lower_bodies(unit, bodies, diags);
  program.maps = unit.maps.declarations(
      static_cast<uint32_t>(unit.config.number(lang::ConfigKey::MaxMapKeys)));
  program.formats = std::move(unit.formats);
  program.enums = shown_enums(program, unit.definitions, facts);
  program.config = unit.config;
  program.parameter_count = unit.parameter_count;
  program.most_frames = unit.most_frames;
  return program;
}

}  // namespace scry::sema
