#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/manifest.h"
#include "foundation/rows/csv_reader.h"
#include "foundation/rows/row_layout.h"

namespace moorage::control {

// The rows of a CSV with a header, as instances of a prediction call: for scoring a file in pieces.
// Columns are found by the names of the manifest's features; others are left out. A model of nested
// rows (rank > 2) takes all columns in order. A field means what it means in validation
// (evaluation/cell.h). The bytes must outlive it.
class RowFile {
 public:
  // Reads the whole file once, to count its rows. kInvalid: it is no CSV, has no rows, or lacks a
  // feature; kUnsupported: the model takes no rows.
  static base::Result<RowFile> Open(std::string_view bytes, const model::Manifest& manifest);

  std::size_t rows() const { return rows_; }

  // The next `count` rows at most, each an array in feature order; an empty array at the end. A
  // field that the feature's datatype cannot hold, or a missing one where the model takes none, is
  // kInvalid with "row 12, column 'mean radius'".
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
