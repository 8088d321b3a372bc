#include "edge/api/protocols/operations.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "control/management.h"

namespace moorage::api {

namespace {

constexpr Operation Predict(std::string_view name, std::string_view path,
                            std::string_view summary) {
  return {name, Method::kPost, path, Permission::kPredict, true, true, summary};
}

constexpr Operation Look(std::string_view name, std::string_view path, std::string_view summary,
                         Permission permission = Permission::kNone) {
  return {name, Method::kGet, path, permission, false, false, summary};
}

constexpr Operation Probe(std::string_view name, std::string_view path, std::string_view summary) {
  Operation operation = Look(name, path, summary);
  operation.is_probe = true;
  return operation;
}

constexpr std::array kData = {
    Predict("predict", "/predict", "Predict one row with the default model"),
    Predict("predict_v1", "/api/v1/predict", "Predict one row with the default model"),
    Predict("predict_v2", "/api/v2/predict", "Predict rows with the default model"),
    Predict("predict_negotiated", "/api/predict", "Predict as the header API-Version says"),
    Predict("predict_model_v1", "/api/v1/models/{ref}/predict", "Predict one row"),
    Predict("predict_model_v2", "/api/v2/models/{ref}/predict", "Predict rows"),
    Probe("health", "/health", "Whether the server is healthy, and what it serves"),
    Probe("health_live", "/health/live", "Whether the process is alive"),
    Probe("health_ready", "/health/ready", "Whether the server should get traffic"),
    Look("oip_server", "/v2", "Server metadata of the Open Inference Protocol"),
    Probe("oip_live", "/v2/health/live", "Whether the process is alive"),
    Probe("oip_ready", "/v2/health/ready", "Whether the server should get traffic"),
    Look("oip_models", "/v2/models", "Names of the models that are served"),
    Look("oip_model", "/v2/models/{name}", "Model metadata"),
    Look("oip_model_version", "/v2/models/{name}/versions/{version}", "Model metadata"),
    Probe("oip_model_ready", "/v2/models/{name}/ready", "Whether the model is served"),
    Probe("oip_model_version_ready", "/v2/models/{name}/versions/{version}/ready",
          "Whether the version is served"),
    Predict("oip_infer", "/v2/models/{name}/infer", "Infer from tensors"),
    Predict("oip_version_infer", "/v2/models/{name}/versions/{version}/infer",
            "Infer from tensors"),
    Look("stats", "/api/v1/stats", "Count and latency of each endpoint", Permission::kRead),
    Look("openapi", "/openapi.json", "This description"),
};

constexpr std::array kMetrics = {
    Look("metrics", "/metrics", "Metrics for Prometheus"),
    Probe("health_live", "/health/live", "Whether the process is alive"),
};

Permission PermissionOf(std::string_view name) {
  if (name == "push" || name == "delete_version") return Permission::kPush;
  if (name == "validate") return Permission::kValidate;
  if (name == "promote" || name == "rollback") return Permission::kPromote;
  if (name == "gc") return Permission::kAdmin;
  return Permission::kRead;
}

}  // namespace

std::span<const Operation> DataOperations() { return kData; }
std::span<const Operation> MetricsOperations() { return kMetrics; }

std::vector<Operation> ManagementOperations() {
  std::vector<Operation> operations;
  for (const control::ManagementOperation& row : control::Management::Operations()) {
    if (row.path.starts_with("/api/v2/")) continue;  // the data plane answers predictions itself
    operations.push_back({row.name, ParseMethod(row.method), row.path, PermissionOf(row.name),
                          false, false, row.summary});
  }
  return operations;
}

const Operation& FindOperation(std::span<const Operation> operations, std::string_view name) {
  const auto found =
      std::find_if(operations.begin(), operations.end(),
                   [name](const Operation& operation) { return operation.name == name; });
  if (found == operations.end()) std::abort();
  return *found;
}

}  // namespace moorage::api
