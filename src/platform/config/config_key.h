#pragma once

#include <cstdint>
#include <string_view>

#include "foundation/json/json.h"
#include "platform/config/config.h"

namespace moorage::config {

// How the text of an environment variable becomes a value. As it stands, as a number, or split at
// commas.
enum class KeyShape : std::uint8_t { kText, kNumber, kList };

// One key of the configuration, declared once. The file, the environment, `config show`, the
// document and every error read this row.
struct ConfigKey {
  std::string_view name;  // "server.listen"
  KeyShape shape = KeyShape::kText;
  // The allowed values, as they continue the words "must be".
  std::string_view allowed;
  std::string_view meaning;
  // Returns false and leaves the config unchanged if the value is not allowed.
  bool (*set)(Config& config, const json::Json& value);
  json::Json (*get)(const Config& config);
  // Beginnings of values that only a later version has, separated by blanks.
  std::string_view later = {};
};

}  // namespace moorage::config
