#pragma once

#include <functional>
#include <string>

#include "edge/cli/table.h"
#include "foundation/json/json.h"

namespace moorage::cli {

// A validation report (docs/formats/policy.md) for people: metrics beside those of the naive model
// and of the baseline, the confusion matrix, sample predictions, every gate, the verdict. `paint`
// gives an outcome its colour;
// no line of a table is longer than `width`.
std::string ValidationText(const json::Json& report,
                           const std::function<std::string(const std::string&)>& paint,
                           Width width = {});

}  // namespace moorage::cli
