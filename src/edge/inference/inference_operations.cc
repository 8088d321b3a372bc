#include "edge/inference/inference_operations.h"

#include <array>

#include "edge/api/operation_kinds.h"

namespace moorage::inference {
namespace {

using api::InferenceRow;
using api::ProbeRow;
using api::QueryRow;

constexpr std::array kOperations = {
    InferenceRow("predict", "/predict", "Predict one row with the default model"),
    InferenceRow("predict_v1", "/api/v1/predict", "Predict one row with the default model"),
    InferenceRow("predict_v2", "/api/v2/predict", "Predict rows with the default model"),
    InferenceRow("predict_negotiated", "/api/predict", "Predict as the header API-Version says"),
    InferenceRow("predict_model_v1", "/api/v1/models/{ref}/predict", "Predict one row"),
    InferenceRow("predict_model_v2", "/api/v2/models/{ref}/predict", "Predict rows"),
    QueryRow("oip_server", "/v2", "Server metadata of the Open Inference Protocol"),
    QueryRow("oip_models", "/v2/models", "Names of the models that are served"),
    QueryRow("oip_model", "/v2/models/{name}", "Model metadata"),
    QueryRow("oip_model_version", "/v2/models/{name}/versions/{version}", "Model metadata"),
    ProbeRow("oip_model_ready", "/v2/models/{name}/ready", "Whether the model is served"),
    ProbeRow("oip_model_version_ready", "/v2/models/{name}/versions/{version}/ready",
             "Whether the version is served"),
    InferenceRow("oip_infer", "/v2/models/{name}/infer", "Infer from tensors"),
    InferenceRow("oip_version_infer", "/v2/models/{name}/versions/{version}/infer",
                 "Infer from tensors"),
};

}  // namespace

std::span<const api::Operation> InferenceOperations() { return kOperations; }

}  // namespace moorage::inference
