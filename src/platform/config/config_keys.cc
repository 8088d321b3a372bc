#include "platform/config/config_keys.h"

#include <algorithm>
#include <array>
#include <vector>

#include "foundation/base/ascii.h"
#include "platform/config/keys/auth_keys.h"
#include "platform/config/keys/logging_keys.h"
#include "platform/config/keys/registry_keys.h"
#include "platform/config/keys/server_keys.h"
#include "platform/config/keys/serving_keys.h"

namespace moorage::config {
namespace {

// A new section is one line here.
std::vector<ConfigKey> Join() {
  std::vector<ConfigKey> all;
  for (const std::span<const ConfigKey> section :
       {ServerKeys(), RegistryKeys(), ServingKeys(), AuthKeys(), LoggingKeys()}) {
    all.insert(all.end(), section.begin(), section.end());
  }
  return all;
}

constexpr std::array<UnsupportedKey, 7> kUnsupported = {{
    {"server.grpc_listen", "gRPC address of its own"},
    {"server.tls", "TLS"},
    {"cache", "prediction cache"},
    {"drift", "drift detection"},
    {"alerting", "alerting"},
    {"monitoring", "monitoring beside the metrics endpoint"},
    {"privacy", "field privacy"},
}};

}  // namespace

std::span<const ConfigKey> ConfigKeys() {
  static const std::vector<ConfigKey> keys = Join();
  return keys;
}

const ConfigKey* FindConfigKey(std::string_view name) {
  const auto keys = ConfigKeys();
  const auto found = std::ranges::find(keys, name, &ConfigKey::name);
  return found == keys.end() ? nullptr : &*found;
}

std::string VariableOf(const ConfigKey& key) {
  std::string variable = "MOORAGE_";
  for (const char c : key.name) {
    if (c == '.') {
      variable += "__";
    } else {
      variable += base::ToUpper(c);
    }
  }
  return variable;
}

std::span<const UnsupportedKey> UnsupportedKeys() { return kUnsupported; }

const UnsupportedKey* FindUnsupportedKey(std::string_view name) {
  for (const UnsupportedKey& key : kUnsupported) {
    // The key itself or all that lies below it, but not `cached` for `cache`.
    if (name == key.name) return &key;
    if (name.starts_with(key.name) && name[key.name.size()] == '.') return &key;
  }
  return nullptr;
}

}  // namespace moorage::config
