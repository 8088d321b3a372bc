#pragma once

// What the reactor of the port for metrics serves: /metrics and /health/live. Its own calls are not
// counted. Made before the reactor starts, used on its thread only.

#include <memory>
#include <vector>

#include "domain/serving/models/model_manager.h"
#include "edge/api/call_observer.h"
#include "edge/port/reactor_group.h"
#include "edge/probes/readiness.h"
#include "foundation/telemetry/metrics/exposition.h"
#include "main/routes.h"

namespace moorage::main {

class MetricsService : public port::ReactorService {
 public:
  static base::Result<std::unique_ptr<MetricsService>> Make(
      const std::vector<const telemetry::Collector*>& collectors,
      const probes::Readiness& readiness, const models::ModelManager& manager);

  api::Dispatcher& dispatcher() override { return dispatcher_; }
  void EndTick() override {}

 private:
  // Calls for metrics are not measured.
  class Uncounted : public api::CallObserver {
   public:
    bool KeepsPayload(const model::CallContext& /*context*/, std::size_t /*bytes*/) override {
      return false;
    }
    void Finished(const model::CallContext& /*context*/, const api::CallFacts& /*facts*/,
                  std::string_view /*body*/) override {}
  };

  MetricsService();

  Uncounted uncounted_;
  api::AllowAll authenticator_;
  Routes routes_;
  api::Dispatcher dispatcher_;
};

}  // namespace moorage::main
