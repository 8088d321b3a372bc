#pragma once

// Turns the outputs of a model into predictions.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/model/manifest.h"
#include "foundation/model/tensor.h"

namespace moorage::rows {

// The prediction for one row. Views into the reader's scratch memory or the outputs, valid until
// the next Read().
struct Prediction {
  // Exactly one of these three is set.
  std::optional<std::int64_t> integer;    // classification with integer labels
  std::optional<std::string_view> text;   // classification with string labels
  std::optional<double> value;            // regression
  std::optional<double> confidence;       // probability of the predicted label
  std::span<const double> probabilities;  // in label order, empty if the model gives none
  std::span<const double> scores;         // decision scores in label order, empty as above
};

// Reads predictions out of a model's outputs by their roles. Every protocol uses it. Built once for
// each version and immutable, so any thread may use it. The state of a batch is in the caller's
// `Scratch`.
class PredictionReader {
 public:
  struct Scratch {
    std::vector<double> scores;
  };

  // kUnsupported for task "other", with the endpoint to use. kInvalid if the roles do not fit the
  // task, each other, the labels or the outputs. The message names `output_roles.<output>`.
  static base::Result<PredictionReader> Make(const model::Manifest& manifest);

  // The outputs of the signature that Read() needs, ascending. Asking a session for fewer is
  // cheaper.
  std::span<const std::size_t> needed_outputs() const { return needed_; }

  // `outputs` correspond to needed_outputs(), one for one. `row` counts from 0. Allocates nothing
  // once `scratch` has been used.
  //
  // The predicted label is that of the label output. Without one it is the most probable label, the
  // first of equals. For a sigmoid it is the second label from the threshold on. An integer label
  // output beside string labels counts positions in them. A decision score of one column is that of
  // the second label, and the first has its negative. Decision scores give no confidence.
  //
  // Rounding inside a model may put a probability up to 1e-6 outside 0 to 1. It is then 0 or 1.
  //
  // kInternal with the reason "model_output_invalid" for a NaN, an infinity, an unknown label, a
  // probability outside 0 to 1 or a wrong shape.
  base::Result<Prediction> Read(std::span<const model::TensorView> outputs, std::size_t row,
                                Scratch& scratch) const;

  model::Task task() const { return task_; }
  // The datatype in which the probabilities were computed. FP64 after a softmax of our own.
  model::DataType score_type() const { return score_type_; }
  const model::Labels& labels() const { return labels_; }

 private:
  PredictionReader() = default;

  static base::Result<Prediction> ReadValue(const model::TensorView& tensor, std::size_t row);
  // Fills the scratch. Returns the index of the label that the scores predict.
  base::Result<std::size_t> ReadScores(std::span<const model::TensorView> outputs, std::size_t row,
                                       Scratch& scratch) const;
  base::Status FillScores(std::span<const model::TensorView> outputs, std::size_t row,
                          std::span<double> scores) const;
  base::Status CheckScore(double& score, std::size_t index) const;
  base::Status AddOutput(const model::TensorSpec& spec, model::OutputRole role, std::size_t output);
  // Sets the label. Returns its index, or nothing if the labels are not known.
  base::Result<std::optional<std::size_t>> ReadLabel(const model::TensorView& tensor,
                                                     std::size_t row, Prediction& prediction) const;
  std::optional<std::size_t> IndexOf(std::int64_t label) const;
  void SetLabel(std::size_t index, Prediction& prediction) const;

  model::Task task_ = model::Task::kOther;
  model::Labels labels_;
  double sigmoid_threshold_ = 0.5;
  std::vector<std::size_t> needed_;
  std::optional<std::size_t> label_output_;  // positions in needed_
  std::optional<std::size_t> score_output_;  // the first of columns_, if any
  std::vector<std::size_t> columns_;         // one output for each label, of one role
  model::OutputRole score_role_ = model::OutputRole::kValue;
  model::DataType score_type_ = model::DataType::kFp64;
};

}  // namespace moorage::rows
