#pragma once

// What the manager shows of its records and tables. The functions are pure.
//   - ShowVersions: the list of versions in GET /health
//   - ListProblems: a sentence for each version that cannot be loaded
//   - LogMoves: a log line for each alias that moves

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "domain/serving/models/model_source.h"
#include "domain/serving/models/routing_table.h"
#include "domain/serving/models/version_records.h"
#include "foundation/telemetry/log/log.h"

namespace moorage::models {

// One version as `GET /health` shows it.
struct VersionStatus {
  // A version that is retiring is shown as unloading while it is leased, and then no more.
  enum class State : std::uint8_t { kLoading, kReady, kFailed, kUnloading };

  model::ModelName name;
  model::SemVer version;
  std::vector<model::Alias> aliases;
  State state = State::kLoading;
  std::string reason;  // why it failed
};

// The ready versions of each model by precedence, followed by its failed ones. Then the versions
// that are being loaded, then those that are retiring.
std::vector<VersionStatus> ShowVersions(std::span<const VersionRecord> records,
                                        const RoutingTable& table);

// One sentence for each version that is wanted and could not be loaded, with what that means for
// its aliases.
std::vector<std::string> ListProblems(const std::vector<WantedModel>& wanted,
                                      std::span<const VersionRecord> records,
                                      const RoutingTable& table);

// "cancer@1.2.0"
std::string Format(const model::ModelName& name, const model::SemVer& version);

// Logs each alias of a model that refers to another version than before.
void LogMoves(telemetry::Log& log, const std::string& name, const RoutingTable::Model& from,
              const RoutingTable::Model& to);

}  // namespace moorage::models
