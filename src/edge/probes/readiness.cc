#include "edge/probes/readiness.h"

namespace moorage::probes {

std::vector<std::string> Readiness::Reasons() const {
  // Other problems do not matter to a process that ends.
  if (draining()) return {"the server is shutting down"};
  std::vector<std::string> reasons = manager_.Problems();
  if (reasons.empty()) return Obstacles();
  return reasons;
}

std::vector<std::string> Readiness::Obstacles() const {
  if (draining()) return {"the server is shutting down"};
  // Changes are refused here, and a replica that reads the right registry should get the traffic.
  if (manager_.SourceReplaced()) return manager_.Problems();
  if (!ServesSomething()) {
    // Why nothing is served comes before what to do.
    std::vector<std::string> reasons = manager_.Problems();
    reasons.emplace_back("no model is served: push one, validate it and promote it");
    return reasons;
  }
  return {};
}

bool Readiness::ServesSomething() const {
  const auto table = manager_.table();
  for (const auto& [name, model] : table->models()) {
    if (!model.versions.empty()) return true;
  }
  return false;
}

}  // namespace moorage::probes
