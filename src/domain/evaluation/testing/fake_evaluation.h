#pragma once

// Evaluations for tests of gates.

#include <cstddef>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "domain/evaluation/evaluation.h"

namespace moorage::evaluation {

// Evaluations with the metrics that a test wants to see judged.
inline Evaluation FakeClassification(std::vector<std::size_t> y_true,
                                     std::vector<std::size_t> y_pred,
                                     std::initializer_list<MetricSet::Entry> metrics,
                                     std::initializer_list<MetricSet::Entry> naive = {}) {
  Evaluation evaluation;
  evaluation.task = model::Task::kClassification;
  evaluation.dataset = model::DigestOf("data");
  evaluation.target = "target";
  evaluation.rows = y_true.size();
  evaluation.classification.labels = std::vector<std::int64_t>{0, 1};
  evaluation.classification.y_true = std::move(y_true);
  evaluation.classification.y_pred = std::move(y_pred);
  for (const auto& [name, value] : metrics) evaluation.metrics.Add(name, value);
  for (const auto& [name, value] : naive) evaluation.naive.Add(name, value);
  return evaluation;
}

inline Evaluation FakeRegression(std::vector<double> y_true,
                                 std::initializer_list<MetricSet::Entry> metrics,
                                 std::initializer_list<MetricSet::Entry> naive = {}) {
  Evaluation evaluation;
  evaluation.task = model::Task::kRegression;
  evaluation.dataset = model::DigestOf("data");
  evaluation.target = "target";
  evaluation.rows = y_true.size();
  evaluation.regression.y_pred = y_true;
  evaluation.regression.y_true = std::move(y_true);
  for (const auto& [name, value] : metrics) evaluation.metrics.Add(name, value);
  for (const auto& [name, value] : naive) evaluation.naive.Add(name, value);
  return evaluation;
}

inline Evaluation WithInvalidRow(Evaluation evaluation) {
  evaluation.invalid_rows = 1;
  evaluation.invalid = {{1, "model_output_invalid: value is NaN"}};
  evaluation.metrics = {};
  return evaluation;
}

}  // namespace moorage::evaluation
