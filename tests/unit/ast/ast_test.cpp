#include "ast/ast.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "parsed.h"

using namespace scry;

namespace {

std::unique_ptr<ast::Script> parse(std::string text) {
  tests::Parsed parsed(std::move(text));
  REQUIRE(parsed.diags.empty());
  return std::move(parsed.script);
}

// The scratch variables below an item, in the order of a walk.
std::string variables(const ast::Item& item) {
  std::string found;
  ast::walk(item, [&](ast::NodeRef node) {
    if (const auto* expr = std::get_if<const ast::Expr*>(&node))
      if (const auto* scratch = std::get_if<ast::Scratch>(&(*expr)->node)) found += scratch->name;
    return true;
  });
  return found;
}

}  // namespace

TEST_CASE("a walk meets every child of every node, left to right", "[ast]") {
  const auto script = parse(R"(
    begin /$a/ {
      $b = !$c + $d[$e] * (uint8[$f])$g;
      f($h, @m[$i, $j], ($k, $l), (x=$m), { $n; $o }, if ($p) { $q } else { $r });
      let $x : string[$s] = $t ? $u : $v;
      if ($w) { $x } else if ($y) { $z } else { $a }
      unroll ($b) { $c; } while ($d) { $e; } for ($q : $f..$g) { $h; } for ($q : $i) { $j; }
      _ = $k; { $l } sizeof($m); offsetof($n, x); typeof($o); typeinfo($p); comptime $q;
      $r.x; $s->y; $t.0; $u++; --$v; sizeof(typeof($w)*); return $x;
    }
    macro m($a) { $b + $c }
    fn f($q : string[$a]) : int8[$b] { $c; }
    let @m = hash($a);
  )");
  CHECK(variables(script->items[0]) == "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwx");
  CHECK(variables(script->items[1]) == "bc");
  CHECK(variables(script->items[2]) == "abc");
  CHECK(variables(script->items[3]) == "a");
}

TEST_CASE("a walk skips below what its visitor declines", "[ast]") {
  const auto script = parse("begin { f($a); g($b) }");
  size_t calls = 0, others = 0;
  ast::walk(script->items[0], [&](ast::NodeRef node) {
    const auto* expr = std::get_if<const ast::Expr*>(&node);
    if (!expr) return true;
    const bool is_call = std::holds_alternative<ast::Call>((*expr)->node);
    ++(is_call ? calls : others);
    return !is_call;
  });
  CHECK(calls == 2);
  CHECK(others == 0);
}

TEST_CASE("only a block that stands for a value has one", "[ast]") {
  const auto script = parse("begin { f() } macro m() { f() } macro n() { f(); } fn o() { f() }");
  CHECK(std::get<ast::Probe>(script->items[0]).body.value == nullptr);
  CHECK(std::get<ast::Probe>(script->items[0]).body.stmts.size() == 1);
  CHECK(std::get<ast::Macro>(script->items[1]).body.value != nullptr);
  CHECK(std::get<ast::Macro>(script->items[2]).body.value == nullptr);
  CHECK(std::get<ast::Fn>(script->items[3]).body.value == nullptr);
}
