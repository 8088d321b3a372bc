#include "domain/evaluation/confusion_matrix.h"

#include <string>

namespace moorage::evaluation {

ConfusionMatrix::ConfusionMatrix(std::size_t classes)
    : classes_(classes),
      counts_(classes <= kMostDense ? classes * classes : 0),
      true_(classes),
      predicted_(classes) {}

base::Result<ConfusionMatrix> ConfusionMatrix::Count(std::span<const std::size_t> y_true,
                                                     std::span<const std::size_t> y_pred,
                                                     std::size_t classes) {
  if (y_true.size() != y_pred.size()) {
    return base::Error{base::Code::kInvalid, "confusion matrix: " + std::to_string(y_true.size()) +
                                                 " true labels and " +
                                                 std::to_string(y_pred.size()) + " predictions"};
  }
  if (y_true.empty())
    return base::Error{base::Code::kInvalid, "confusion matrix: there are no rows"};
  ConfusionMatrix matrix(classes);
  for (std::size_t row = 0; row < y_true.size(); ++row) {
    if (y_true[row] >= classes || y_pred[row] >= classes) {
      return base::Error{base::Code::kInvalid, "confusion matrix: row " + std::to_string(row) +
                                                   " has a class that is not one of the " +
                                                   std::to_string(classes)};
    }
    ++(matrix.is_dense() ? matrix.counts_[y_true[row] * classes + y_pred[row]]
                         : matrix.cells_[{y_true[row], y_pred[row]}]);
    if (y_true[row] == y_pred[row]) ++matrix.correct_;
    ++matrix.true_[y_true[row]];
    ++matrix.predicted_[y_pred[row]];
  }
  matrix.total_ = y_true.size();
  return matrix;
}

std::uint64_t ConfusionMatrix::at(std::size_t truth, std::size_t predicted) const {
  if (is_dense()) return counts_[truth * classes_ + predicted];
  const auto found = cells_.find({truth, predicted});
  return found == cells_.end() ? 0 : found->second;
}

std::vector<std::size_t> ConfusionMatrix::occurring() const {
  std::vector<std::size_t> labels;
  for (std::size_t label = 0; label < classes_; ++label) {
    if (true_[label] + predicted_[label] > 0) labels.push_back(label);
  }
  return labels;
}

}  // namespace moorage::evaluation
