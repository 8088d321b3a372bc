#pragma once

// Predicts with one version of the registry in this process, without a server. Safe from any
// thread.

#include <memory>

#include "domain/registry/registry.h"
#include "foundation/base/clock.h"
#include "foundation/base/mutex.h"
#include "foundation/base/random.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/model_ref.h"
#include "platform/runtime/backend.h"

namespace moorage::control {

// Takes and returns the documents of `POST /api/v2/predict`.
//  - In: {"instances": [row, ...]}, or a bare array of rows.
//  - Out: {"model", "version", "predictions", "request_id", "timestamp"}. A prediction is
//    {"result", "confidence", "probabilities"}.
//  - Out for a model of the task "other": "outputs" instead of "predictions". It has one
//    object {name: value} for each row.
//
// The model of the last call stays open. Scoring a file in pieces therefore opens it once.
//  - kInvalid names every bad value with its path.
//  - kUnsupported means that the model takes no rows.
//  - kInternal has the reason model_output_invalid.
class PredictOnce {
 public:
  struct Deps {
    registry::Registry& registry;
    runtime::Backend& backend;
    const base::Clock& clock;
    base::Random& random;
  };

  explicit PredictOnce(Deps deps) : deps_(deps) {}

  base::Result<json::Json> Run(const model::ModelRef& ref, const json::Json& body);

 private:
  struct OpenModel;

  base::Result<std::shared_ptr<const OpenModel>> Open(const registry::ModelVersion& version);

  const Deps deps_;

  base::Mutex mu_;  // Never held while a model is opened or runs.
  std::shared_ptr<const OpenModel> last_ GUARDED_BY(mu_);
};

}  // namespace moorage::control
