#include "driver/describe.h"

#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "driver/cli/options.h"
#include "kernel/features.h"
#include "lang/builtins.h"
#include "lang/config.h"

namespace scry::driver {

namespace {

using Json = nlohmann::ordered_json;

const char* word(lang::State state) { return state == lang::State::Ready ? "ready" : "planned"; }

const char* word(OptionState state) {
  switch (state) {
    case OptionState::Common: return "common";
    case OptionState::Rare: return "rare";
    case OptionState::Planned: return "planned";
    case OptionState::Ignored: return "ignored";
  }
  return "";
}

const char* word(lang::Family family) {
  switch (family) {
    case lang::Family::Variable: return "variable";
    case lang::Family::Output: return "output";
    case lang::Family::Map: return "map";
    case lang::Family::Aggregation: return "aggregation";
    case lang::Family::String: return "string";
    case lang::Family::Address: return "address";
    case lang::Family::Process: return "process";
    case lang::Family::Time: return "time";
    case lang::Family::Compile: return "compile";
  }
  return "";
}

Json flags_of(const lang::BuiltinRow& row) {
  Json flags = Json::array();
  if (row.is(lang::builtin_flags::Async)) flags.push_back("async");
  if (row.is(lang::builtin_flags::Unsafe)) flags.push_back("unsafe");
  if (row.is(lang::builtin_flags::CompileTime)) flags.push_back("compile-time");
  if (row.is(lang::builtin_flags::Aggregate)) flags.push_back("aggregate");
  return flags;
}

Json aliases_of(const lang::ProbeRow& row) {
  Json aliases = Json::array();
  for (const std::string& alias : split(row.aliases, ' '))
    if (!alias.empty()) aliases.push_back(alias);
  return aliases;
}

Json probes() {
  Json list = Json::array();
  for (const std::string& name : lang::probe_names()) {
    const lang::ProbeRow& row = lang::row(*lang::find_probe_kind(name));
    list.push_back({{"name", row.name},
                    {"aliases", aliases_of(row)},
                    {"shape", row.shape},
                    {"summary", row.summary},
                    {"state", word(row.state)}});
  }
  return list;
}

Json builtins() {
  Json list = Json::array();
  for (const lang::BuiltinRow& row : lang::builtins())
    list.push_back({{"name", row.name},
                    {"family", word(row.family)},
                    {"prototype", row.prototype},
                    {"flags", flags_of(row)},
                    {"summary", row.summary},
                    {"example", row.example},
                    {"state", word(row.state)}});
  return list;
}

Json option_list() {
  Json list = Json::array();
  for (const OptionRow& row : options())
    list.push_back({{"short", row.short_name},
                    {"long", row.long_name},
                    {"value", row.value},
                    {"group", title(row.group)},
                    {"programs", row.programs == Programs::Both ? Json({"scry", "scry-run"})
                                                                : Json::array({"scry"})},
                    {"state", word(row.state)},
                    {"summary", row.summary}});
  return list;
}

const char* word(lang::ConfigType type) {
  switch (type) {
    case lang::ConfigType::Bool: return "bool";
    case lang::ConfigType::Number: return "number";
    case lang::ConfigType::Choice: return "choice";
    case lang::ConfigType::Text: return "text";
  }
  return "";
}

Json config() {
  Json list = Json::array();
  for (const lang::ConfigRow& row : lang::config_rows())
    list.push_back({{"name", row.name},
                    {"type", word(row.type)},
                    {"default", row.initial},
                    {"values", row.values},
                    {"has_effect", row.effect != lang::ConfigEffect::None},
                    {"summary", row.summary}});
  return list;
}

Json features() {
  Json list = Json::array();
  for (const kernel::FeatureRow& row : kernel::feature_rows())
    list.push_back({{"name", row.name}, {"since", row.since}, {"summary", row.summary}});
  return list;
}

}  // namespace

std::string description() {
  const Json all = {{"version", SCRY_VERSION}, {"options", option_list()},
                    {"probes", probes()},      {"builtins", builtins()},
                    {"config", config()},      {"features", features()}};
  return all.dump(1) + "\n";
}

}  // namespace scry::driver
