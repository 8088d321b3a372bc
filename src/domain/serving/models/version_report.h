#pragma once

#include <map>
#include <string>
#include <vector>

#include "domain/serving/models/model_manager.h"
#include "domain/serving/models/model_source.h"
#include "domain/serving/models/routing_table.h"
#include "foundation/base/clock.h"
#include "foundation/telemetry/log/log.h"

namespace moorage::models {

// A version that could not be loaded.
struct LoadFailure {
  model::Digest digest;
  std::string reason;
  base::Instant retry_at{};
};

// By "name@version".
using LoadFailures = std::map<std::string, LoadFailure>;
std::string FailureKey(const model::ModelName& name, const model::SemVer& version);

// What the manager says of itself after a round.
struct VersionReport {
  std::vector<VersionStatus> versions;  // ready and failed ones
  std::vector<std::string> problems;    // one sentence per version that is wanted and not there
};

// Pure: compares what is wanted with what the routes were made of.
VersionReport ReportVersions(const std::vector<WantedModel>& wanted,
                             const std::map<std::string, RoutingTable::Model, std::less<>>& served,
                             const LoadFailures& failures);

// Drops the failures of versions that nobody wants any more.
void ForgetUnwanted(const std::vector<WantedModel>& wanted, LoadFailures& failures);

// Says which aliases of a model lead elsewhere than before.
void LogMoves(telemetry::Log& log, const std::string& name, const RoutingTable::Model& from,
              const RoutingTable::Model& to);

}  // namespace moorage::models
