#pragma once

// Counts of true and predicted classes.

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "foundation/base/result.h"

namespace moorage::evaluation {

// How often the true class i (the row) was predicted as class j (the column). Immutable. Classes
// are numbers from 0. A class that never occurs has a row and a column of zeros. All classification
// metrics but log loss are functions of these counts, which are exact. The source is
// confusion_matrix of scikit-learn.
//
// With more than kMostDense classes only the cells that occur are held, at most one for each row
// of the data. The memory never grows with the square of the classes.
class ConfusionMatrix {
 public:
  static constexpr std::size_t kMostDense = 1000;

  // kInvalid if the spans differ in length, are empty, or hold a class number >= `classes`.
  static base::Result<ConfusionMatrix> Count(std::span<const std::size_t> y_true,
                                             std::span<const std::size_t> y_pred,
                                             std::size_t classes);

  std::size_t classes() const { return classes_; }
  std::uint64_t at(std::size_t truth, std::size_t predicted) const;
  std::uint64_t total() const { return total_; }      // rows counted, never 0
  std::uint64_t correct() const { return correct_; }  // the diagonal
  std::uint64_t support(std::size_t label) const { return true_[label]; }
  std::uint64_t predicted(std::size_t label) const { return predicted_[label]; }

  // The classes that are true or predicted at least once, ascending.
  std::vector<std::size_t> occurring() const;

 private:
  explicit ConfusionMatrix(std::size_t classes);
  bool is_dense() const { return classes_ <= kMostDense; }

  std::size_t classes_;
  std::uint64_t total_ = 0;
  std::uint64_t correct_ = 0;
  std::vector<std::uint64_t> counts_;  // row-major, classes_ x classes_, empty if not dense
  std::map<std::pair<std::size_t, std::size_t>, std::uint64_t> cells_;  // empty if dense
  std::vector<std::uint64_t> true_;                                     // sums of the rows
  std::vector<std::uint64_t> predicted_;                                // sums of the columns
};

}  // namespace moorage::evaluation
