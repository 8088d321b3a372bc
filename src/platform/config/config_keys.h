#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "platform/config/config.h"

namespace moorage::config {

// How the text of an environment variable becomes a value: as it stands, as a number, or split at
// commas.
enum class KeyShape : std::uint8_t { kText, kNumber, kList };

// One key of the configuration, declared once: the file, the environment, `config show`, the
// document and every error read this row.
struct ConfigKey {
  std::string_view name;  // "server.listen"
  KeyShape shape = KeyShape::kText;
  // What may stand there, as it continues the words "must be": "host:port, for instance ...".
  std::string_view allowed;
  std::string_view meaning;
  // False if the value is none of `allowed`; then the config is unchanged.
  bool (*set)(Config& config, const json::Json& value);
  json::Json (*get)(const Config& config);
  // Beginnings of values that the design knows and this version has not, separated by blanks.
  std::string_view later = {};
};

std::span<const ConfigKey> ConfigKeys();
// Null if there is no such key.
const ConfigKey* FindConfigKey(std::string_view name);
// "MOORAGE_SERVER__LISTEN"
std::string VariableOf(const ConfigKey& key);

// A key or section that the design knows and this version has not: refused, never ignored.
struct UnsupportedKey {
  std::string_view name;  // "cache", "server.tls"; everything below it too
  std::string_view what;  // "prediction cache"
};
std::span<const UnsupportedKey> UnsupportedKeys();
// Null if `name` is not, and does not lie below, one of them.
const UnsupportedKey* FindUnsupportedKey(std::string_view name);

}  // namespace moorage::config
