// `config = { key = value; … }`.
#include <fmt/format.h>

#include "base/strings.h"
#include "diag/diagnostics.h"
#include "sema/sema.h"

namespace scry::sema {

using diag::Id;

namespace {

std::string written(const ast::Expr& value) {
  if (const auto* text = std::get_if<ast::String>(&value.node)) return text->value;
  if (const auto* word = std::get_if<ast::Identifier>(&value.node)) return word->name;
  if (const auto* flag = std::get_if<ast::Bool>(&value.node)) return flag->value ? "true" : "false";
  if (const auto* number = std::get_if<ast::Integer>(&value.node))
    return fmt::to_string(number->value);
  return "";
}

void read_entry(const ast::ConfigEntry& entry, lang::Config& config, Diagnostics& diags) {
  const Span span{entry.key.span.begin, entry.value->span.end, entry.key.span.file};
  const std::string& name = entry.key.text;
  const auto found = lang::find_config(name);
  if (!found) {
    auto& d = diags.add<Id::UnknownConfig>(span, name);
    if (const auto near = nearest(to_lower(name), lang::config_names()))
      d.hint(fmt::format("did you mean `{}`?", *near));
    return;
  }
  if (!found->key) {
    diags.add<Id::ConfigGone>(span, name);
    return;
  }
  if (found->is_renamed) diags.add<Id::ConfigRenamed>(span, name, lang::row(*found->key).name);
  const auto set = config.set(*found->key, written(*entry.value), found->is_inverted);
  if (!set) diags.add<Id::ConfigValue>(span, set.error().what);
}

}  // namespace

lang::Config resolve_config(const ast::Script& script, const Options& options, Diagnostics& diags) {
  lang::Config config;
  if (script.config)
    for (const ast::ConfigEntry& entry : script.config->entries) read_entry(entry, config, diags);
  if (const auto set = config.set(options.config); !set)
    diags.add<Id::ConfigValue>(Span{0, 0, script.file}, set.error().what);
  return config;
}

}  // namespace scry::sema
