#pragma once

#include <span>

#include "platform/config/config_key.h"

namespace moorage::config {

// The keys of the section `server`. A new key is one row of the table in server_keys.cc.
std::span<const ConfigKey> ServerKeys();

}  // namespace moorage::config
