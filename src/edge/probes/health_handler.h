#pragma once

#include "edge/api/operation.h"
#include "edge/probes/readiness.h"
#include "foundation/base/clock.h"
#include "foundation/json/json_output.h"

namespace moorage::probes {

// Answers the health checks. One object per reactor and question.
//
//   kHealth  /health           200 {"status": "healthy", "timestamp", "models": [...]}
//                              503 {"status": "unhealthy", "timestamp", "reasons": [...], "models"}
//   kLive    /health/live      200 {"live": true} while the event loop turns
//   kReady   /health/ready     200 {"ready": true} or 503 {"ready": false, "reasons": [...]}
//
// /v2/health/live and /v2/health/ready of the Open Inference Protocol are kLive and kReady.
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
