#pragma once

#include <span>

#include "platform/config/config_key.h"

namespace moorage::config {

// The keys of the section `logging`. A new key is one row of the table in logging_keys.cc.
std::span<const ConfigKey> LoggingKeys();

}  // namespace moorage::config
