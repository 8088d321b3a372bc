#pragma once

#include <string>

#include "foundation/json/json.h"

namespace moorage::cli_text {

// The rule of an alias for people. The first line is "cancer@production  standard rule".
std::string RuleText(const json::Json& rule);

// Whether the rule allows a promotion, in one line. Example:
// "promote to production: not allowed: it was never validated"
std::string VerdictText(const json::Json& verdict);

}  // namespace moorage::cli_text
