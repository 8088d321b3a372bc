#pragma once

#include <span>

#include "platform/config/config_key.h"

namespace moorage::config {

// The keys of the section `serving`. A new key is one row of the table in serving_keys.cc.
std::span<const ConfigKey> ServingKeys();

}  // namespace moorage::config
