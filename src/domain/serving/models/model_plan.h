#pragma once

// What the manager decides in a round. The functions are pure. The same wanted models and records
// always give the same plan, so a test needs no thread, clock or backend.

#include <map>
#include <span>
#include <string>
#include <vector>

#include "domain/serving/models/model_source.h"
#include "domain/serving/models/routing_table.h"
#include "domain/serving/models/version_records.h"
#include "domain/serving/servable/servable.h"
#include "foundation/base/clock.h"

namespace moorage::models {

enum class VersionAction : std::uint8_t {
  kUse,         // is in the table, or retiring and still leased
  kLoad,        // is to be loaded now
  kAwaitLoad,   // is being loaded
  kAwaitRetry,  // has failed, and its time has not come
};

struct VersionPlan {
  WantedVersion wanted;
  VersionAction action = VersionAction::kLoad;
  servable::ServableHandle servable;  // the lease of kUse
};

// When a version that could not be loaded is tried again.
enum class RetryRule : std::uint8_t {
  kWhenDue,  // at its time
  kNow,      // at once, because the source has changed
};

// What to do with each wanted version of one model, in the order of `wanted.versions`.
std::vector<VersionPlan> PlanVersions(const WantedModel& wanted,
                                      std::span<const VersionRecord> records, RetryRule rule,
                                      base::Instant now);

// True if the time of a failed version has come.
bool IsRetryDue(std::span<const VersionRecord> records, base::Instant now);

// The routes of one model out of the versions that are loaded. An alias whose version is not among
// them stays where `current` has it.
RoutingTable::Model PlanRoutes(const WantedModel& wanted,
                               const std::vector<servable::ServableHandle>& loaded,
                               const RoutingTable::Model& current);

// What of `wanted` is not served by `served`, by alias and by version, with the reason. An alias
// that stays at another version is served.
std::map<std::string, std::string, std::less<>> ListUnavailable(
    const WantedModel& wanted, std::span<const VersionRecord> records,
    const RoutingTable::Model& served);

}  // namespace moorage::models
