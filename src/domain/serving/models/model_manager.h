#pragma once

// Keeps what is loaded equal to what the source wants, on a thread of its own ("moorage-models").
// One round of it:
//   1. asks the source what is wanted, if that has changed
//   2. plans (model_plan.h), then loads: fetch, open, probe the cost, warm up
//   3. publishes a new RoutingTable
//   4. destroys the versions whose last lease has ended
// Then it waits for the next change. A new version is loaded before an alias refers to it. If it
// cannot be loaded, the old one keeps serving and the status has the reason. While the source
// cannot be read, everything stays as it is. Any thread may call its members, except where one says
// otherwise.

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

class ModelManager {
 public:
  struct Options {
    std::optional<model::ModelRef> default_ref = {};
    // The longest wait between two rounds. A change ends it at once where the source can tell.
    base::Duration poll{std::chrono::milliseconds(800)};
    // A version that could not be loaded is tried again after this time, or when the source
    // changes.
    base::Duration retry{std::chrono::seconds(30)};
    std::size_t batch_size = 32;  // the largest batch probed
    // Called on the manager's thread when a new table is out.
    std::function<void()> published = {};
  };

  // One manager per process, because it gives out Servable::id. The references outlive it.
  ModelManager(const Options& options, ModelSource& source, runtime::Backend& backend,
               const base::Clock& clock, telemetry::Log& log);
  ~ModelManager();  // stops the thread
  ModelManager(const ModelManager&) = delete;
  ModelManager& operator=(const ModelManager&) = delete;

  // Starts the thread, and returns when the first round is over.
  void Start();
  void Stop();

  // One round on the caller's thread, for tests.
  void ReconcileOnce();
  // Asks for a round now, after a promote through this process.
  void Nudge();

  // The same. Returns when a round that began after the call is over, or after `limit`.
  void NudgeAndWait(base::Duration limit);

  // The current table, never null. Cheap enough to be asked once per tick.
  std::shared_ptr<const RoutingTable> table() const;
  // Changes with every published table, so that a reactor asks for the table only when it is new.
  std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  std::vector<VersionStatus> Status() const;
  // One sentence for each problem. Empty if everything wanted is loaded.
  std::vector<std::string> Problems() const;

 private:
  std::atomic<std::uint64_t> generation_{0};
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace moorage::models
