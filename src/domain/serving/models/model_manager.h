#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/serving/models/model_source.h"
#include "domain/serving/models/routing_table.h"
#include "domain/serving/models/version_report.h"
#include "foundation/base/clock.h"
#include "foundation/telemetry/log/log.h"
#include "platform/runtime/backend.h"

namespace moorage::models {

// Keeps what is loaded equal to what the source wants. One thread: polls the source, loads (open,
// probe the cost, warm up), publishes a new RoutingTable, lets go of what nobody wants; a version
// is unloaded, on this thread, when its last lease ends. A new version is loaded before the alias
// moves in the table; if it cannot be loaded the old one keeps serving and the status says why.
// While the source cannot be read everything stays as it is.
class ModelManager {
 public:
  struct Options {
    std::optional<model::ModelRef> default_ref = {};
    base::Duration poll{std::chrono::milliseconds(200)};
    // A version that could not be loaded is tried again after this time, or when the source
    // changes.
    base::Duration retry{std::chrono::seconds(30)};
    std::size_t batch_size = 32;  // the largest batch probed
    // Called on the manager's thread when a new table is out.
    std::function<void()> published = {};
  };

  // One manager per process: it gives out Servable::id.
  ModelManager(const Options& options, ModelSource& source, runtime::Backend& backend,
               const base::Clock& clock, telemetry::Log& log);
  ~ModelManager();  // stops the thread
  ModelManager(const ModelManager&) = delete;
  ModelManager& operator=(const ModelManager&) = delete;

  // Starts the thread, and returns when the first reconciliation is over.
  void Start();
  void Stop();

  // One round of reconciliation on the caller's thread, for tests and for start-up.
  void ReconcileOnce();
  // Ask for a round now (a promote through this very process).
  void Nudge();

  // The same, and returns when a round that began after the call is over, or after `limit`.
  void NudgeAndWait(base::Duration limit);

  // The current table; never null. Lock-free enough to be asked once per tick.
  std::shared_ptr<const RoutingTable> table() const;
  // Changes with every published table; a reactor compares it before it asks for the table.
  std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  std::vector<VersionStatus> Status() const;
  // Empty if everything wanted is loaded; otherwise one sentence per problem.
  std::vector<std::string> Problems() const;

 private:
  std::atomic<std::uint64_t> generation_{0};
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace moorage::models
