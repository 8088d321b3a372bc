#pragma once

// Counts of true and predicted classes.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "foundation/base/result.h"

namespace moorage::evaluation {

// How often the true class i (the row) was predicted as class j (the column). Immutable. Classes
// are numbers from 0. A class that never occurs has a row and a column of zeros. All classification
// metrics but log loss are functions of these counts, which are exact. The source is
// confusion_matrix of scikit-learn.
class ConfusionMatrix {
 public:
  // kInvalid if the spans differ in length, are empty, or hold a class number >= `classes`.
  static base::Result<ConfusionMatrix> Count(std::span<const std::size_t> y_true,
                                             std::span<const std::size_t> y_pred,
                                             std::size_t classes);

  std::size_t classes() const { return classes_; }
  std::uint64_t at(std::size_t truth, std::size_t predicted) const {
    return counts_[truth * classes_ + predicted];
  }
  std::uint64_t total() const { return total_; }  // rows counted, never 0
  std::uint64_t correct() const;                  // the diagonal
  std::uint64_t support(std::size_t label) const { return true_[label]; }
  std::uint64_t predicted(std::size_t label) const { return predicted_[label]; }

  // The classes that are true or predicted at least once, ascending.
  std::vector<std::size_t> occurring() const;

 private:
  explicit ConfusionMatrix(std::size_t classes);

  std::size_t classes_;
  std::uint64_t total_ = 0;
  std::vector<std::uint64_t> counts_;     // row-major, classes_ x classes_
  std::vector<std::uint64_t> true_;       // sums of the rows
  std::vector<std::uint64_t> predicted_;  // sums of the columns
};

}  // namespace moorage::evaluation
