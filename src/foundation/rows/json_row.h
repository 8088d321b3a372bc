#pragma once

#include <string_view>

#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/rows/row_layout.h"

namespace moorage::rows {

// Fills one row from a JSON value, which is one of
// - an array of features in the order of the layout
// - nested arrays, if the layout has a nested_shape()
// - an object with a member for each feature name
//
// Collects every problem with its path below `path` ("features[3]", "instances[2].mean radius") in
// the details of one kInvalid. At most base::kMaxDetails are kept.
base::Status StoreJsonRow(const RowLayout& layout, const RowTarget& row, const json::Json& value,
                          std::string_view path);

}  // namespace moorage::rows
