#pragma once

#include <span>

#include "platform/config/config_key.h"

namespace moorage::config {

// The keys of the section `registry`. A new key is one row of the table in registry_keys.cc.
std::span<const ConfigKey> RegistryKeys();

}  // namespace moorage::config
