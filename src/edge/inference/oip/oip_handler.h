#pragma once

// The handlers of the Open Inference Protocol.

#include <memory>

#include "domain/serving/lane/inference_lane.h"
#include "edge/api/operation.h"
#include "edge/inference/inference_service.h"
#include "edge/inference/oip/oip_request.h"

namespace moorage::inference {

// The Open Inference Protocol (V2) over REST with JSON tensors. One object per reactor and
// operation. A version in a path is a semantic version. Only 200 is success. Errors have the one
// error form, whose `error` is the string that the protocol's clients read.
class OipHandler : public api::Handler {
 public:
  enum class Call : std::uint8_t {
    kServer,      // GET /v2
    kModels,      // GET /v2/models
    kModel,       // GET /v2/models/{name}[/versions/{version}]
    kModelReady,  // GET …/ready
    kInfer,       // POST …/infer
  };

  OipHandler(Call call, InferenceService& inference, std::string_view server_version)
      : call_(call), inference_(inference), server_version_(server_version) {}

  base::Status JudgeHead(const api::PathParameters& path) override;
  void Handle(api::ExchangeRef exchange, const api::PathParameters& path) override;

 private:
  void Infer(api::ExchangeRef exchange, const servable::ServableHandle& servable);
  void Answer(api::ExchangeRef exchange, std::unique_ptr<OipRequest> request,
              const base::Result<lane::InferAnswer>& answer);
  void WriteServer();
  void WriteModels();
  void WriteModel(const servable::Servable& servable);

  const Call call_;
  InferenceService& inference_;
  const std::string_view server_version_;
};

}  // namespace moorage::inference
