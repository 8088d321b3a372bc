#pragma once

// The measurement of a session on a data set. Plain values.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "domain/evaluation/classification_metrics.h"
#include "domain/evaluation/confusion_matrix.h"
#include "domain/evaluation/metric.h"
#include "foundation/base/clock.h"
#include "foundation/json/json.h"
#include "foundation/model/manifest.h"
#include "foundation/model/names.h"

namespace moorage::evaluation {

// One row with what is true and what the model answered.
struct SampleRow {
  std::size_t row = 0;  // from 1, as in the file
  std::string target;   // as it stands in the file
  json::Json prediction;
  std::optional<double> confidence;
  std::vector<double> probabilities;  // in label order, empty if the model gives none
};

// A row whose answer is no valid prediction, such as NaN, an infinity or an unknown label.
struct InvalidRow {
  std::size_t row = 0;  // from 1
  std::string problem;
};

// The answers of a classifier, as class numbers of `labels`. y_pred is empty if an answer is
// invalid.
struct ClassificationAnswers {
  model::Labels labels;
  std::vector<std::size_t> y_true;
  std::vector<std::size_t> y_pred;
  std::size_t positive = 0;               // the class that _binary metrics are about
  std::optional<ConfusionMatrix> matrix;  // none if an answer is invalid
  std::vector<ClassScores> per_class;     // by class number, empty without a matrix
};

// The answers of a regressor. y_pred is empty if an answer is invalid.
struct RegressionAnswers {
  std::vector<double> y_true;
  std::vector<double> y_pred;
};

// A model's answers to a data set and their metrics. A plain value. If any answer is invalid there
// are no metrics.
struct Evaluation {
  model::Task task = model::Task::kOther;
  model::Digest dataset;
  std::string target;
  std::size_t rows = 0;

  MetricSet metrics;
  // The same metrics of the naive model, without log_loss. It always answers the most frequent
  // label of these rows (the first of equals), or the mean of the targets.
  MetricSet naive;
  ClassificationAnswers classification;  // empty for a regression
  RegressionAnswers regression;          // empty for a classification

  std::vector<SampleRow> sample;  // the first rows
  std::size_t invalid_rows = 0;
  std::vector<InvalidRow> invalid;  // the first 16 of them
  base::Duration duration{};        // of running the model over all rows

  double rows_per_second() const;  // 0 if no time has passed
};

}  // namespace moorage::evaluation
