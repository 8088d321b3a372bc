#pragma once

// Scores of a file as CSV.

#include <cstddef>
#include <string>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/json.h"

namespace moorage::cli_text {

// Writes the answers of prediction calls as lines of CSV, one for each row that was scored. The
// columns are row, prediction, confidence and probability_<label>. Columns that the model does not
// answer are left out.
class ScoreTable {
 public:
  // Adds the answer to the next rows. kUnsupported if the model returns named tensors.
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

}  // namespace moorage::cli_text
