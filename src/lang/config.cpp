#include "lang/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "base/strings.h"

namespace scry::lang {

namespace {

constexpr std::string_view kPrefix = "bpftrace_";

constexpr ConfigRow kRows[] = {
#define CONFIG(id, name, type, initial, values, effect, summary) \
  {ConfigKey::id, name, ConfigType::type, initial, values, ConfigEffect::effect, summary},
#include "lang/config.def"
};

struct Renamed {
  const char* name;
  ConfigKey key;
  bool is_inverted;
};
constexpr Renamed kRenamed[] = {
#define CONFIG(id, name, type, initial, values, effect, summary)
#define CONFIG_RENAMED(name, id, is_inverted) {name, ConfigKey::id, is_inverted},
#include "lang/config.def"
};

constexpr const char* kGone[] = {
#define CONFIG(id, name, type, initial, values, effect, summary)
#define CONFIG_GONE(name) name,
#include "lang/config.def"
};

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::optional<bool> truth(std::string_view written) {
  const std::string word = to_lower(written);
  if (is_one_of(word, {"true", "on", "yes"})) return true;
  if (is_one_of(word, {"false", "off", "no"})) return false;
  if (const auto number = parse_integer(word)) return *number != 0;
  return {};
}

Result<std::string> bool_text(const ConfigRow& row, std::string_view written, bool is_inverted) {
  const auto value = truth(written);
  if (value) return std::string(*value != is_inverted ? "true" : "false");
  return Error{
      fmt::format("{}: Invalid bool value: valid values are true, false, 1 or 0.", row.name),
      0,
      {}};
}

Result<std::string> number_text(const ConfigRow& row, std::string_view written) {
  auto number = parse_integer(written);
  if (written == "true" || written == "false") number = written == "true";
  if (!number)
    return Error{fmt::format("{}: expecting a number, got {}", row.name, written), 0, {}};
  const std::vector<std::string> range = split(row.values, '.');  // least, "", most
  const auto least = parse_integer(range.front()), most = parse_integer(range.back());
  if (*number >= *least && *number <= *most) return fmt::to_string(*number);
  return Error{fmt::format("{}: {} is out of range; {} to {} are possible", row.name, written,
                           *least, *most),
               0,
               {}};
}

// Also the words that mean on and off, where there is something to switch.
std::string choice_of(const ConfigRow& row, std::string_view written) {
  const std::string_view name = row.name;
  const bool is_unstable = name.starts_with("unstable_");
  if (!is_unstable && row.key != ConfigKey::CacheUserSymbols) return std::string(written);
  const auto value = truth(written);
  if (!value) return std::string(written);
  if (is_unstable) return *value ? "enable" : "error";
  return *value ? row.initial : "NONE";
}

Result<std::string> choice_text(const ConfigRow& row, std::string_view written) {
  const std::vector<std::string> words = split(row.values, '|');
  const std::string wanted = choice_of(row, written);
  const auto same = [&](const std::string& word) { return to_lower(word) == to_lower(wanted); };
  const auto found = std::find_if(words.begin(), words.end(), same);
  if (found != words.end()) return *found;
  if (row.key == ConfigKey::License)
    return Error{fmt::format("Invalid value for license. Found: {}. Valid values: {}. Read more "
                             "about BPF programs and licensing: "
                             "https://docs.kernel.org/bpf/bpf_licensing.html"
                             "#using-bpf-programs-in-the-linux-kernel",
                             written, join(words, ", ")),
                 0,
                 {}};
  const bool is_unstable = std::string_view(row.name).starts_with("unstable_");
  return Error{fmt::format("{}: Invalid value for {}: valid values are {}, and {}.", row.name,
                           is_unstable ? "unstable config" : row.name,
                           fmt::join(words.begin(), words.end() - 1, ", "), words.back()),
               0,
               {}};
}

Result<std::string> canonical(const ConfigRow& row, std::string_view written, bool is_inverted) {
  switch (row.type) {
    case ConfigType::Bool: return bool_text(row, written, is_inverted);
    case ConfigType::Number: return number_text(row, written);
    case ConfigType::Choice: return choice_text(row, written);
    case ConfigType::Text: return std::string(written);
  }
  return std::string(written);
}

}  // namespace

std::span<const ConfigRow> config_rows() { return kRows; }

const ConfigRow& row(ConfigKey key) { return kRows[static_cast<size_t>(key)]; }

Config::Config() {
  for (const ConfigRow& row : kRows) texts_[static_cast<size_t>(row.key)] = row.initial;
}

bool Config::flag(ConfigKey key) const { return text(key) == "true"; }

uint64_t Config::number(ConfigKey key) const {
  return static_cast<uint64_t>(parse_integer(text(key)).value_or(0));
}

const std::string& Config::text(ConfigKey key) const { return texts_[static_cast<size_t>(key)]; }

Result<void> Config::set(ConfigKey key, std::string_view written, bool is_inverted) {
  SCRY_TRY_ASSIGN(texts_[static_cast<size_t>(key)], canonical(row(key), written, is_inverted));
  return {};
}

Result<void> Config::set(std::span<const ConfigSetting> settings) {
  for (const ConfigSetting& setting : settings) SCRY_TRY(set(setting.key, setting.text));
  return {};
}

std::vector<ConfigSetting> Config::settings() const {
  std::vector<ConfigSetting> list;
  for (const ConfigRow& row : kRows)
    if (text(row.key) != row.initial) list.push_back({row.key, text(row.key)});
  return list;
}

std::optional<FoundConfig> find_config(std::string_view spelling) {
  std::string name = to_lower(spelling);
  if (name.starts_with(kPrefix)) name.erase(0, kPrefix.size());
  for (const ConfigRow& row : kRows)
    if (name == row.name) return FoundConfig{row.key};
  for (const Renamed& old : kRenamed)
    if (name == old.name) return FoundConfig{old.key, true, old.is_inverted};
  for (const char* gone : kGone)
    if (name == gone) return FoundConfig{};
  return {};
}

std::vector<std::string> config_names() {
  std::vector<std::string> names;
  for (const ConfigRow& row : kRows) names.emplace_back(row.name);
  return names;
}

Result<std::vector<ConfigSetting>> environment_config() {
  std::vector<ConfigSetting> settings;
  const auto read = [&](std::string name, ConfigKey key, bool is_inverted) -> Result<void> {
    for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    const char* written = std::getenv(("BPFTRACE_" + name).c_str());
    if (!written) return {};
    SCRY_TRY_ASSIGN(std::string text, canonical(row(key), written, is_inverted));
    settings.push_back({key, std::move(text)});
    return {};
  };
  for (const Renamed& old : kRenamed) SCRY_TRY(read(old.name, old.key, old.is_inverted));
  for (const ConfigRow& row : kRows) SCRY_TRY(read(row.name, row.key, false));
  return settings;
}

}  // namespace scry::lang
