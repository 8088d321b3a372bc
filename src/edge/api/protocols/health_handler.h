#pragma once

#include "edge/api/json_output.h"
#include "edge/api/operation.h"
#include "edge/api/protocols/readiness.h"
#include "foundation/base/clock.h"

namespace moorage::api {

// GET /health: 200 {"status": "healthy", "timestamp", "models": [...]} or 503 {"status":
// "unhealthy", "reasons": [...], ...}; /health/live: 200 while the event loop turns; /health/ready
// and the protocol's /v2/health/*: the same as JSON of one member. One object per reactor.
class HealthHandler : public Handler {
 public:
  enum class Question : std::uint8_t { kHealth, kLive, kReady };

  HealthHandler(Question question, const Readiness& readiness, const serving::ModelManager& manager,
                const base::Clock& clock)
      : question_(question), readiness_(readiness), manager_(manager), clock_(clock) {}

  void Handle(ExchangeRef exchange, const PathParameters& path) override;

 private:
  void WriteHealth(const std::vector<std::string>& reasons);

  const Question question_;
  const Readiness& readiness_;
  const serving::ModelManager& manager_;
  const base::Clock& clock_;
  JsonOutput json_;
};

}  // namespace moorage::api
