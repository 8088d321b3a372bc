#pragma once

#include <string>

#include "foundation/json/json.h"

namespace moorage::cli_text {

// The answer to a move of an alias, in one line for people. Example:
// "cancer@production -> 1.1.0 (was 1.0.0)"
std::string MoveText(const json::Json& move);

}  // namespace moorage::cli_text
