#include "edge/api/protocols/readiness.h"

namespace moorage::api {

std::vector<std::string> Readiness::Reasons() const {
  if (draining()) return {"the server is shutting down"};
  std::vector<std::string> reasons = manager_.Problems();
  if (reasons.empty() && manager_.table()->models().empty()) {
    reasons.emplace_back("no model is served: push one, validate it and promote it");
  }
  return reasons;
}

}  // namespace moorage::api
