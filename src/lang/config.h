// Configuration values (config.def): what a `config = { … }` block and the environment may set. A Config always
// holds a valid value of every key; setting one gives an Error whose text is the user's message.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scry::lang {

enum class ConfigKey : uint8_t {
#define CONFIG(id, name, type, initial, values, effect, summary) id,
#include "lang/config.def"
};

enum class ConfigType : uint8_t { Bool, Number, Choice, Text };
enum class ConfigEffect : uint8_t { Script, Run, None };

struct ConfigRow {
  ConfigKey key;
  const char* name;
  ConfigType type;
  const char* initial;
  const char* values;
  ConfigEffect effect;
  const char* summary;
};

std::span<const ConfigRow> config_rows();
const ConfigRow& row(ConfigKey key);
inline constexpr size_t kConfigKeyCount = 0
#define CONFIG(id, name, type, initial, values, effect, summary) +1
#include "lang/config.def"
    ;

// A value in its canonical text, as a plan keeps it.
struct ConfigSetting {
  ConfigKey key = ConfigKey::License;
  std::string text;
};

class Config {
 public:
  Config();  // all defaults

  bool flag(ConfigKey key) const;
  uint64_t number(ConfigKey key) const;
  const std::string& text(ConfigKey key) const;
  bool is(ConfigKey key, std::string_view word) const { return text(key) == word; }

  // `written` as in a script or the environment: yes, 0x40, warn. The Error names the key.
  Result<void> set(ConfigKey key, std::string_view written, bool is_inverted = false);
  Result<void> set(std::span<const ConfigSetting> settings);
  // Those that differ from the defaults.
  std::vector<ConfigSetting> settings() const;

 private:
  std::array<std::string, kConfigKeyCount> texts_;
};

// A key as written: in any case, with or without BPFTRACE_. `key` is empty for one that has no effect any more.
struct FoundConfig {
  std::optional<ConfigKey> key;
  bool is_renamed = false;
  bool is_inverted = false;  // the old name meant the opposite
};
std::optional<FoundConfig> find_config(std::string_view spelling);
// All present names, for did-you-mean.
std::vector<std::string> config_names();

// What the process's environment sets: BPFTRACE_MAX_STRLEN=64.
Result<std::vector<ConfigSetting>> environment_config();

}  // namespace scry::lang
