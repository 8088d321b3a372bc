#include "main/wire_inference.h"

#include <memory>
#include <string_view>

#include "edge/inference/inference_operations.h"
#include "edge/inference/oip/oip_handler.h"
#include "edge/inference/simple/predict_handler.h"
#include "main/version.h"

namespace moorage::main {

using inference::OipHandler;
using inference::PredictHandler;

base::Status AddInferenceRoutes(Routes& routes, inference::InferenceService& inference) {
  using Form = PredictHandler::Form;
  using Call = OipHandler::Call;
  const auto predict = [&](std::string_view name, Form form) {
    return routes.Add(api::FindOperation(inference::InferenceOperations(), name),
                      std::make_unique<PredictHandler>(form, inference));
  };
  const auto oip = [&](std::string_view name, Call call) {
    return routes.Add(api::FindOperation(inference::InferenceOperations(), name),
                      std::make_unique<OipHandler>(call, inference, kVersion));
  };
  RETURN_IF_ERROR(predict("predict", Form::kPredict));
  RETURN_IF_ERROR(predict("predict_v1", Form::kV1));
  RETURN_IF_ERROR(predict("predict_v2", Form::kV2));
  RETURN_IF_ERROR(predict("predict_negotiated", Form::kByHeader));
  RETURN_IF_ERROR(predict("predict_model_v1", Form::kV1));
  RETURN_IF_ERROR(predict("predict_model_v2", Form::kV2));
  RETURN_IF_ERROR(oip("oip_server", Call::kServer));
  RETURN_IF_ERROR(oip("oip_models", Call::kModels));
  RETURN_IF_ERROR(oip("oip_model", Call::kModel));
  RETURN_IF_ERROR(oip("oip_model_version", Call::kModel));
  RETURN_IF_ERROR(oip("oip_model_ready", Call::kModelReady));
  RETURN_IF_ERROR(oip("oip_model_version_ready", Call::kModelReady));
  RETURN_IF_ERROR(oip("oip_infer", Call::kInfer));
  return oip("oip_version_infer", Call::kInfer);
}

}  // namespace moorage::main
