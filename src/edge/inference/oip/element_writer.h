#pragma once

#include "foundation/base/memory_budget.h"
#include "foundation/base/result.h"
#include "foundation/json/json_cursor.h"
#include "foundation/model/tensor.h"
#include "foundation/rows/row_layout.h"

namespace moorage::inference {

// Stores JSON scalars as elements of one datatype, by the same rules as the features of a row. A
// tensor of shape [n] is treated as n rows of one feature. Immutable.
class ElementWriter {
 public:
  explicit ElementWriter(model::DataType type);

  // Reads one scalar and stores it as element `index` of `tensor`, which has room for it. Skips a
  // value that is not a scalar. Returns what is wrong, or null.
  rows::Problem Store(json::JsonCursor& json, model::Tensor& tensor, std::size_t index) const;

 private:
  base::Result<rows::RowLayout> layout_;
};

// Reads the value of an OIP tensor's "data" into `tensor`, whose type and shape are set. The data
// is nested arrays of exactly its shape, or one flat array, row-major. NaN and infinities are
// accepted if the cursor accepts them. The cursor ends with the data.
//
// kInvalid names paths below `path`, and the reader stops at the sixteenth. The tensor grows with
// the elements that were read, whatever its shape promises. `charge` grows with it where it is
// large, and kExhausted is the answer where the budget has not enough left.
base::Status ReadTensorData(json::JsonCursor& json, std::string_view path, model::Tensor& tensor,
                            base::MemoryCharge& charge);

}  // namespace moorage::inference
