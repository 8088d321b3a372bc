#pragma once

#include "edge/api/operation.h"
#include "edge/probes/readiness.h"
#include "foundation/base/clock.h"
#include "foundation/json/json_output.h"

namespace moorage::probes {

// GET /health: 200 {"status": "healthy", "timestamp", "models": [...]} or 503 {"status":
// "unhealthy", "reasons": [...], ...}; /health/live: 200 while the event loop turns; /health/ready
// and the protocol's /v2/health/*: the same as JSON of one member. One object per reactor.
class HealthHandler : public api::Handler {
 public:
  enum class Question : std::uint8_t { kHealth, kLive, kReady };

  HealthHandler(Question question, const Readiness& readiness, const models::ModelManager& manager,
                const base::Clock& clock)
      : question_(question), readiness_(readiness), manager_(manager), clock_(clock) {}

  void Handle(api::ExchangeRef exchange, const api::PathParameters& path) override;

 private:
  void WriteHealth(const std::vector<std::string>& reasons);

  const Question question_;
  const Readiness& readiness_;
  const models::ModelManager& manager_;
  const base::Clock& clock_;
  json::JsonOutput json_;
};

}  // namespace moorage::probes
