#pragma once

// A CSV file as rows and targets of one model.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/evaluation/label_encoding.h"
#include "domain/evaluation/row_block.h"
#include "foundation/base/cancel_token.h"
#include "foundation/base/result.h"
#include "foundation/model/manifest.h"
#include "foundation/model/names.h"
#include "foundation/rows/csv_reader.h"
#include "foundation/rows/row_layout.h"

namespace moorage::evaluation {

struct DatasetOptions {
  std::optional<std::string> target =
      {};  // the column to compare with, or none if rows are only predicted
  std::vector<std::string> ignored = {};  // columns that are neither feature nor target
  rows::CsvLimits limits = {};
  base::CancelToken cancel = {};  // asked every thousand rows
};

// A data set for one model. Holds the rows of a CSV file in the form that its sessions take, and
// their targets. Immutable. Columns are found by name, in any order. Every column is a feature, the
// target or ignored, and every feature has a column. A model whose input has rank above 2 has no
// feature names, so its columns are taken in the file's order.
//
// Cells become numbers as in a JSON request (cell.h). `true` and `false` (or True, False, 1, 0)
// fill a BOOL. In a feature that is a string every text is itself, and an unquoted empty field is
// missing. In any other feature an empty field, NA, NaN, nan and null are missing, quoted or not.
// They become NaN where the manifest allows missing values.
//
// Errors are kInvalid with a detail for each problem, at most 16. The path is "row 12, column 'mean
// radius'". Else they are the token's.
class Dataset {
 public:
  static base::Result<Dataset> FromCsv(std::string_view csv, const model::Manifest& manifest,
                                       const DatasetOptions& options);

  const RowBlock& rows() const { return rows_; }
  std::size_t size() const { return rows_.rows(); }  // at least 1
  // Of the file's bytes, whatever was read of them.
  const model::Digest& digest() const { return digest_; }
  const std::string& target() const { return target_; }  // the column's name, or empty without one

  // The targets, row by row, or empty without a target column. As they stand in the file.
  std::span<const std::string> target_texts() const { return target_texts_; }
  // Of a classification, class numbers of the manifest's labels.
  std::span<const std::size_t> target_classes() const { return target_classes_; }
  // Of a regression, finite numbers.
  std::span<const double> target_values() const { return target_values_; }

 private:
  friend class DatasetReader;

  Dataset(RowBlock rows, model::Digest digest)
      : rows_(std::move(rows)), digest_(std::move(digest)) {}

  RowBlock rows_;
  model::Digest digest_;
  std::string target_;
  std::vector<std::string> target_texts_;
  std::vector<std::size_t> target_classes_;
  std::vector<double> target_values_;
};

}  // namespace moorage::evaluation
