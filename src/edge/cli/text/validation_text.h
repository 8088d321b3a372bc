#pragma once

#include <functional>
#include <string>

#include "edge/cli/text/table.h"
#include "foundation/json/json.h"

namespace moorage::cli_text {

// A validation report (docs/formats/policy.md) for people. It has these parts:
//  - metrics beside those of the naive model and of the baseline
//  - the confusion matrix and sample predictions
//  - every gate, and the verdict
//
// `paint` gives an outcome its colour. No line of a table is longer than `width`.
std::string ValidationText(const json::Json& report,
                           const std::function<std::string(const std::string&)>& paint,
                           Width width = {});

}  // namespace moorage::cli_text
