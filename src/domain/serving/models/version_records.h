#pragma once

// One record for each model, version and digest. It has what the server knows of a version, from
// its first load to the end of its session. `VersionRecords` is the only place where a state moves.
// Not safe to share, so its owner locks.
//
//   records.BeginLoad(name, wanted);          // kLoading
//   records.FinishLoad(handle);               // kLoading still: published by the next line
//   records.MatchTable(table);                // kReady; versions of the old table are kRetiring

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "domain/serving/models/model_source.h"
#include "domain/serving/models/routing_table.h"
#include "domain/serving/models/servable_state.h"
#include "domain/serving/servable/servable.h"
#include "foundation/base/clock.h"

namespace moorage::models {

struct VersionRecord {
  model::ModelName name;
  model::SemVer version;
  model::Digest digest;
  ServableState state = ServableState::kLoading;
  std::string reason = {};                             // why the last load failed
  base::Instant retry_at{};                            // when a failed version is tried again
  std::uint32_t id = 0;                                // Servable::id, 0 until it is loaded
  std::weak_ptr<const servable::Servable> lease = {};  // empty until it is loaded

  bool Matches(const model::ModelName& model, const WantedVersion& wanted) const {
    return name == model && version == wanted.version && digest == wanted.digest;
  }
  // Asserts that the move is legal.
  void MoveTo(ServableState next);
};

class VersionRecords {
 public:
  // Adds the record, or takes the failed one up again.
  void BeginLoad(const model::ModelName& name, const WantedVersion& wanted);
  // Returns true if the reason is not that of the attempt before.
  bool FailLoad(const model::ModelName& name, const WantedVersion& wanted, std::string reason,
                base::Instant retry_at);
  // Gives the record of `servable` its lease. The state moves when a table holds it.
  void FinishLoad(const servable::ServableHandle& servable);

  // Follows a table that is in use from now on. What it holds is kReady, what it no longer holds
  // is kRetiring.
  void MatchTable(const RoutingTable& table);

  // The last lease of a version has ended, and its session is destroyed between the two calls.
  void BeginUnload(std::uint32_t id);
  void FinishUnload(std::uint32_t id);

  // Removes failed versions that are not wanted any more, and sorts what is left in the order of
  // `wanted`.
  void MatchWanted(const std::vector<WantedModel>& wanted);

  std::span<const VersionRecord> all() const { return records_; }

 private:
  VersionRecord& Find(const model::ModelName& name, const WantedVersion& wanted,
                      ServableState state);

  std::vector<VersionRecord> records_;
};

}  // namespace moorage::models
