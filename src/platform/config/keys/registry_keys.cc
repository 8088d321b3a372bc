#include "platform/config/keys/registry_keys.h"

#include <array>

#include "platform/config/key_values.h"

namespace moorage::config {
namespace {

using json::Json;

constexpr std::array kRegistryKeys = {
    ConfigKey{
        "registry.database", KeyShape::kText,
        "sqlite:PATH, for instance sqlite:./moorage-data/moorage.db, without ~",
        "Where the registry keeps its records.",
        [](Config& c, const Json& v) { return SetLocation(c.registry.database, v, "sqlite:"); },
        [](const Config& c) { return Json(c.registry.database); }, "postgresql: postgres:"},
    ConfigKey{"registry.blobs", KeyShape::kText,
              "file:PATH, for instance file:./moorage-data/blobs, without ~",
              "The directory of the models' bytes.",
              [](Config& c, const Json& v) { return SetLocation(c.registry.blobs, v, "file:"); },
              [](const Config& c) { return Json(c.registry.blobs); }, "s3:"},
};

}  // namespace

std::span<const ConfigKey> RegistryKeys() { return kRegistryKeys; }

}  // namespace moorage::config
