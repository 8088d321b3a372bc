#pragma once

#include "foundation/base/result.h"
#include "foundation/json/json_cursor.h"
#include "foundation/model/tensor.h"
#include "foundation/rows/row_layout.h"

namespace moorage::inference {

// Stores JSON scalars as elements of one datatype, by the same rules as the features of a row: a
// tensor of shape [n] is n rows of one feature.
class ElementWriter {
 public:
  explicit ElementWriter(model::DataType type);

  // Reads one scalar and stores it as element `index` of `tensor`, which has room for it. A value
  // that is no scalar is skipped. Answers what is wrong, or null.
  rows::Problem Store(json::JsonCursor& json, model::Tensor& tensor, std::size_t index) const;

 private:
  base::Result<rows::RowLayout> layout_;
};

// Reads the value of an OIP tensor's "data" into `tensor`, whose type and shape are set: nested
// arrays of exactly its shape, or one flat array, row-major. NaN and infinities are accepted if the
// cursor does. kInvalid with paths below `path`, at most 16.
base::Status ReadTensorData(json::JsonCursor& json, std::string_view path, model::Tensor& tensor);

}  // namespace moorage::inference
