#pragma once

// A reactor without a reactor, for tests of handlers that reach models.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "domain/serving/lane/testing/lane_rig.h"
#include "domain/serving/models/testing/fake_model_source.h"
#include "edge/api/testing/fake_exchange.h"
#include "edge/inference/inference_service.h"
#include "edge/inference/testing/fake_tensor_model.h"
#include "foundation/base/testing/fake_clock.h"
#include "foundation/telemetry/log/testing/fake_log.h"

namespace moorage::inference {

// What the handlers of one reactor need. That is a manager that serves what the test wants, a lane
// and an inference service. Everything runs on the test's thread, and the clock stands still.
class ProtocolRig {
 public:
  // A model of this manifest that runs `function`.
  ProtocolRig(const model::Manifest& manifest, TensorFunction function,
              const lane::InferenceLane::Options& lane = {})
      : backend_(std::make_unique<FakeTensorBackend>(manifest.signature, std::move(function))),
        source_(manifest),
        manager_({}, source_, *backend_, clock_, log_),
        lane_(clock_, lane),
        service_(lane_.lane(), manager_, clock_) {}
  // The linear fake with three features. It gives label and probabilities of their mean.
  explicit ProtocolRig(const model::Manifest& manifest = servable::FakeManifest(),
                       const lane::InferenceLane::Options& lane = {})
      : backend_(std::make_unique<runtime::FakeBackend>(script_)),
        source_(manifest),
        manager_({}, source_, *backend_, clock_, log_),
        lane_(clock_, lane),
        service_(lane_.lane(), manager_, clock_) {}

  // From now on `name` is served in these versions. Production is the last.
  ProtocolRig& Serve(const std::string& name, const std::vector<std::string>& versions) {
    source_.Want(name, versions, {{"production", versions.back()}});
    return Reconcile();
  }
  ProtocolRig& Reconcile() {
    manager_.ReconcileOnce();
    service_.Refresh();
    return *this;
  }
  // Gives the call to the handler and ends the tick.
  const api::FakeExchange& Ask(api::Handler& handler, api::FakeExchange& call) {
    call.Give(handler);
    lane_.lane().EndTick();
    return call;
  }

  // The same for a call that may leave the reactor. Waits for the executor.
  const api::FakeExchange& AskAndWait(api::Handler& handler, api::FakeExchange& call) {
    Ask(handler, call);
    Wait();
    return call;
  }
  // Until every request is answered.
  void Wait() { lane_.CollectUntilIdle(); }

  InferenceService& service() { return service_; }
  const models::RoutingView& view() const { return service_.view(); }
  lane::InferenceLane& lane() { return lane_.lane(); }
  models::FakeModelSource& source() { return source_; }
  models::ModelManager& manager() { return manager_; }
  base::FakeClock& clock() { return clock_; }

 private:
  base::FakeClock clock_;
  telemetry::FakeLog log_;
  runtime::FakeScript script_;
  std::unique_ptr<runtime::Backend> backend_;
  models::FakeModelSource source_;
  models::ModelManager manager_;
  lane::LaneRig lane_;
  InferenceService service_;
};

}  // namespace moorage::inference
