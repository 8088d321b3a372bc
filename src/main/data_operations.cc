#include "main/data_operations.h"

#include "edge/inference/inference_operations.h"
#include "edge/management/management_operations.h"
#include "edge/probes/probe_operations.h"

namespace moorage::main {

const std::vector<api::Operation>& DataOperations() {
  static const std::vector<api::Operation> operations = [] {
    const auto inference = inference::InferenceOperations();
    const auto probes = probes::ProbeOperations();
    std::vector<api::Operation> all(inference.begin(), inference.end());
    all.insert(all.end(), probes.begin(), probes.end());
    all.push_back(management_http::OpenApiOperation());
    return all;
  }();
  return operations;
}

}  // namespace moorage::main
