#pragma once

// Keeps what is loaded equal to what the source wants, on a thread of its own ("moorage-models").
// One round of it:
//   1. destroys the versions whose last lease has ended
//   2. asks the source what is wanted, if that has changed
//   3. takes what was loaded since the last round
//   4. plans (model_plan.h), and has missing versions loaded on other threads (version_loader.h)
//   5. publishes a new RoutingTable
// Then it waits for the next change, or for the end of a load. A slow load delays no other model. A
// new version is loaded before an alias refers to it. If it cannot be loaded, the old one keeps
// serving and the status has the reason. While the source cannot be read, everything stays as it
// is. Any thread may call its members, except where one says otherwise.

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
#include "domain/serving/servable/prober.h"
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
    // A load that takes longer is given up.
    base::Duration load_timeout{std::chrono::seconds(60)};
    std::size_t batch_size = 32;  // the largest batch tried, where there is no prober
    // Makes trial runs of versions without a stored report, and outlives the manager. Without one
    // they run in this process.
    servable::Prober* prober = nullptr;
    std::size_t load_threads = 4;
    // How long Start() waits for the first loads. A version that takes longer is served later.
    base::Duration first_loads{std::chrono::seconds(10)};
    // Called on the manager's thread when a new table is out.
    std::function<void()> published = {};
    // Called on the manager's thread at the end of a round in which the source had changed
    // or a load was over.
    std::function<void()> source_read = {};
    // Called on the manager's thread when the session of a version is destroyed, with its
    // Servable::id.
    std::function<void(std::uint32_t)> unloaded = {};
  };

  // One manager per process, because it gives out Servable::id. The references outlive it.
  ModelManager(const Options& options, ModelSource& source, runtime::Backend& backend,
               const base::Clock& clock, telemetry::Log& log);
  ~ModelManager();  // stops the thread
  ModelManager(const ModelManager&) = delete;
  ModelManager& operator=(const ModelManager&) = delete;

  // Starts the threads, and returns when the first versions are loaded or Options::first_loads is
  // over.
  void Start();
  // Cancels the loads that run, and waits for a session that is just being opened.
  void Stop();

  // Rounds on the caller's thread until nothing is left to load, for tests.
  void ReconcileOnce();
  // Asks for a round now, after a change through this process.
  void Nudge();

  // Asks for a round now, and waits until no version of this model is being loaded or `limit` is
  // over. Loads of other models do not matter. Returns kUnavailable with the reason if the alias
  // is not served by then as the source wants it, and at once if the source never serves it.
  base::Status AwaitSwitch(const model::ModelName& name, const model::Alias& alias,
                           base::Duration limit);

  // The current table, never null. Cheap enough to be asked once per tick.
  std::shared_ptr<const RoutingTable> table() const;
  // Changes with every published table. A reactor compares it at the start of each tick with that
  // of the table that it has, so that no table is missed.
  std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  std::vector<VersionStatus> Status() const;
  // One sentence for each problem. Empty if everything wanted is loaded.
  std::vector<std::string> Problems() const;
  // Whether the source is not the one that was opened any more (base::kReplacedReason). What is
  // loaded keeps serving, but it may not be what should be served.
  bool SourceReplaced() const;

 private:
  std::atomic<std::uint64_t> generation_{0};
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace moorage::models
