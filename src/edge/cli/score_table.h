#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/json.h"

namespace moorage::cli {

// The answers of prediction calls as CSV: row, prediction, confidence, probability_<label>..., one
// line for each row that was scored; columns that the model does not answer are left out.
class ScoreTable {
 public:
  // The answer to the next rows. kUnsupported for a model whose answers are named tensors.
  base::Status Add(const json::Json& answer);

  std::size_t rows() const { return rows_; }
  const std::string& text() const { return text_; }

 private:
  void AddHeader(const json::Json& first);

  std::string text_;
  std::size_t rows_ = 0;
  bool confidence_ = false;
  std::vector<std::string> labels_;
};

}  // namespace moorage::cli
