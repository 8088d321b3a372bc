#pragma once

#include <span>
#include <string>
#include <string_view>

#include "platform/config/config_key.h"

namespace moorage::config {

// The keys of all sections, in the order of the document.
std::span<const ConfigKey> ConfigKeys();
// Null if there is no such key.
const ConfigKey* FindConfigKey(std::string_view name);
// "MOORAGE_SERVER__LISTEN"
std::string VariableOf(const ConfigKey& key);

// A key or section of a later version, which is refused and never ignored.
struct UnsupportedKey {
  std::string_view name;  // "cache", "server.tls", and everything below it
  std::string_view what;  // "prediction cache"
};
std::span<const UnsupportedKey> UnsupportedKeys();
// Null if `name` is not, and does not lie below, one of them.
const UnsupportedKey* FindUnsupportedKey(std::string_view name);

}  // namespace moorage::config
