#pragma once

#include <string_view>

#include "foundation/base/result.h"

namespace moorage::inference {

// Returns kInvalid, which names the first parameter, unless the raw query is empty. Predictions
// take no query parameters. One that was ignored could be a misspelt wish, so it is refused as the
// management operations do.
base::Status CheckNoQuery(std::string_view query);

}  // namespace moorage::inference
