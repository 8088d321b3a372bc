#pragma once

// Reads the rows of a CSV file as instances of a prediction call, so that a file is scored in
// pieces.

#include <cstddef>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/manifest.h"
#include "foundation/rows/csv_reader.h"
#include "foundation/rows/row_layout.h"

namespace moorage::control {

// Columns are found by the names of the manifest's features. Other columns are left out. One thread
// at a time.
class RowFile {
 public:
  // Reads the whole file once, to count its rows. kInvalid means that the text is no CSV, has no
  // rows or lacks a feature. kUnsupported means that the model takes no rows.
  static base::Result<RowFile> Open(std::string_view bytes, const model::Manifest& manifest);

  std::size_t rows() const { return rows_; }

  // At most the next `count` rows, each an array in feature order. The array is empty at the end.
  base::Result<json::Json> Next(std::size_t count);

 private:
  RowFile(rows::CsvReader csv, rows::RowLayout layout)
      : csv_(std::move(csv)), layout_(std::move(layout)) {}

  base::Status AssignColumns();
  base::Result<json::Json> ReadRow() const;

  rows::CsvReader csv_;
  rows::RowLayout layout_;
  std::vector<std::size_t> columns_;  // of each feature
  std::size_t rows_ = 0;
};

}  // namespace moorage::control
