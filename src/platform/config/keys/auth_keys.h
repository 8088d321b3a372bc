#pragma once

#include <span>

#include "platform/config/config_key.h"

namespace moorage::config {

// The keys of the section `auth`. A new key is one row of the table in auth_keys.cc.
std::span<const ConfigKey> AuthKeys();

}  // namespace moorage::config
