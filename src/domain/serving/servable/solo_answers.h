#pragma once

// The answers of trial rows that each ran alone. Rows that ran together are compared with them. One
// thread.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/serving/servable/probe_report.h"
#include "foundation/model/signature.h"
#include "foundation/model/tensor.h"

namespace moorage::servable {

// How far two answers of one row may differ. The values of a row are a few sums. When rows run
// together, a kernel adds in another order, so the last bits of a sum may differ. What one row does
// to another is larger by orders of magnitude.
struct RowTolerance {
  double relative = 0;  // of the largest value of the row in this output
  double absolute = 0;
};
// 0 for types whose values must be equal.
RowTolerance ToleranceOf(model::DataType type);

class SoloAnswers {
 public:
  explicit SoloAnswers(const model::Signature& signature) : signature_(signature) {}

  // Takes the outputs of a run of the row `row`.
  void Add(std::size_t row, std::span<const model::TensorView> outputs);
  // The rows that were added, in that order.
  std::span<const std::size_t> rows() const { return rows_; }
  std::size_t bytes() const { return bytes_; }
  // The outputs of the row that was added as number `at`.
  std::vector<model::TensorView> Views(std::size_t at) const;

  // Compares the answer of `row` with row `at` of the outputs of a run of `count` rows. Returns
  // what differs beyond the tolerance, or nothing.
  std::optional<std::string> Compare(std::size_t row, std::span<const model::TensorView> outputs,
                                     std::size_t at, std::size_t count);
  // True if the outputs are those of the row, bit for bit.
  bool IsSame(std::size_t row, std::span<const model::TensorView> outputs) const;

  double worst() const { return worst_; }  // of all comparisons
  bool exact() const { return exact_; }
  bool finite() const { return finite_; }
  std::size_t bytes_per_row() const { return rows_.empty() ? 0 : bytes_ / rows_.size(); }
  std::vector<OutputRange> Ranges() const;

 private:
  struct Answer {
    std::vector<model::Tensor> outputs;
  };

  const Answer& Of(std::size_t row) const;
  std::optional<std::string> CompareOutput(const model::TensorView& alone,
                                           const model::TensorView& together, std::size_t at,
                                           std::size_t count);

  const model::Signature& signature_;
  std::vector<std::size_t> rows_;
  std::vector<Answer> answers_;
  std::size_t bytes_ = 0;
  double worst_ = 0;
  bool exact_ = true;
  bool finite_ = true;
};

}  // namespace moorage::servable
