#pragma once

// Measures a session on a data set. Runs in the thread of the caller.

#include <optional>
#include <string>

#include "domain/evaluation/classification_metrics.h"
#include "domain/evaluation/dataset.h"
#include "domain/evaluation/evaluation.h"
#include "domain/evaluation/score.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/model/manifest.h"
#include "platform/runtime/session.h"

namespace moorage::evaluation {

struct EvaluateOptions {
  ScoreOptions score = {};
  std::size_t sample_rows = 5;
  ZeroDivision zero_division = ZeroDivision::kZero;
  // The label that _binary metrics are about, as text. Without it the greater of the two.
  std::optional<std::string> positive_label = {};
};

// kUnsupported for task "other", whose answers cannot be compared with a target. kInvalid if the
// manifest of a classifier has no labels. Nothing has to be read or run to know it.
base::Status CheckMeasurable(const model::Manifest& manifest);

// Runs the session over the data set and measures its answers. The macro and weighted averages run
// over the labels that occur in the targets or the predictions, as scikit-learn's defaults do.
//
// Returns the errors of CheckMeasurable, kInvalid if the data set has no target, and the error of a
// run that fails. A NaN in the answers is no error but is in Evaluation::invalid.
base::Result<Evaluation> Evaluate(const runtime::Session& session, const model::Manifest& manifest,
                                  const Dataset& dataset, const base::Clock& clock,
                                  const EvaluateOptions& options = {});

}  // namespace moorage::evaluation
