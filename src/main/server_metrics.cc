#include "main/server_metrics.h"

#include <map>
#include <string_view>

#include "domain/serving/lane/lane_metrics.h"
#include "main/version.h"

namespace moorage::main {

void ServerMetrics::Collect(telemetry::Exposition& exposition) const {
  // The label holds the version alone, without the name before the blank.
  const std::size_t space = deps_.runtime.find(' ');
  const std::string_view runtime =
      std::string_view(deps_.runtime).substr(space == std::string::npos ? 0 : space + 1);
  exposition.Add(kBuildInfoFamily, {kVersion, runtime}, 1);
  const auto table = deps_.manager.table();
  for (const auto& [name, model] : table->models()) {
    // Samples of equal labels add up, so a model with an empty queue shows 0.
    exposition.Add(lane::kQueueDepthFamily, {name}, 0);
    for (const servable::ServableHandle& servable : model.versions) {
      std::string aliases;
      for (const auto& [alias, target] : model.aliases) {
        if (target == servable) aliases += (aliases.empty() ? "" : ",") + alias;
      }
      const std::string& version = servable->version.text();
      exposition.Add(kModelInfoFamily, {name, version, servable->digest.value(), aliases}, 1);
      if (const auto accuracy = AccuracyOf(*servable)) {
        exposition.Add(kModelAccuracyFamily, {name, version}, *accuracy);
      }
    }
  }
  for (const auto& [name, requests] : deps_.executor.queued_requests_by_model()) {
    exposition.Add(lane::kQueueDepthFamily, {name}, static_cast<double>(requests));
  }
}

std::optional<double> ServerMetrics::AccuracyOf(const servable::Servable& servable) const {
  // What a validation measured, the newest first, wins over what the trainer reported.
  if (const auto measured = deps_.accuracies.Find(servable.digest)) return measured;
  const auto reported = servable.manifest.metrics.find("accuracy");
  if (reported == servable.manifest.metrics.end()) return std::nullopt;
  return reported->second;
}

}  // namespace moorage::main
