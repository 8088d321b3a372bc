#pragma once

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

// Predicts with one version of the registry in this process, without a server. Takes and gives the
// documents of POST /api/v2/predict: {"instances": [row, ...]} or a bare array of rows in,
// {"model", "version", "predictions": [{"result", "confidence", "probabilities"}], "request_id",
// "timestamp"} out; a model of the task "other" answers "outputs": [{name: value}, ...] instead,
// one object a row.
//
// The model asked last stays open, so that scoring a file in pieces opens it once. kInvalid: every
// bad value with its path; kUnsupported: the model takes no rows; kInternal: model_output_invalid.
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
