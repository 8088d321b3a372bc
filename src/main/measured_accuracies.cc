#include "main/measured_accuracies.h"

#include <string_view>
#include <utility>

#include "foundation/json/json.h"

namespace moorage::main {

namespace {

std::optional<double> AccuracyIn(std::string_view text) {
  const auto report = json::ParseJson(text);
  if (!report.ok() || !report->contains("metrics")) return std::nullopt;
  const auto& values = report->at("metrics");
  const auto found = values.find("accuracy");
  if (found == values.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

}  // namespace

void MeasuredAccuracies::Refresh(registry::Registry& registry, const models::RoutingTable& table) {
  std::map<model::Digest, Entry> known;
  {
    const base::MutexLock lock(mutex_);
    known = entries_;
  }
  std::map<model::Digest, Entry> entries;
  for (const auto& [name, model] : table.models()) {
    for (const servable::ServableHandle& servable : model.versions) {
      Entry entry = known[servable->digest];
      const auto newer =
          registry.NewerValidation(servable->name, servable->version, entry.evidence);
      if (newer.ok() && *newer) entry = {(*newer)->id, AccuracyIn((*newer)->report)};
      entries.insert_or_assign(servable->digest, entry);
    }
  }
  const base::MutexLock lock(mutex_);
  entries_ = std::move(entries);
}

std::optional<double> MeasuredAccuracies::Find(const model::Digest& artifact) const {
  const base::MutexLock lock(mutex_);
  const auto found = entries_.find(artifact);
  return found == entries_.end() ? std::nullopt : found->second.accuracy;
}

}  // namespace moorage::main
