#include "domain/contract/settings.h"

#include <bit>
#include <cstdint>

#include "foundation/model/manifest.h"

namespace moorage::contract {
namespace {

using json::Json;

// One setting, with a function that copies it and one that tells whether it is there.
struct Setting {
  std::string_view name;
  bool (*told)(const Metadata&);
  void (*copy)(const Metadata& from, Metadata& to);
};

constexpr Setting kSettings[] = {
    {"task", [](const Metadata& m) { return m.task.has_value(); },
     [](const Metadata& from, Metadata& to) { to.task = from.task; }},
    {"output_roles", [](const Metadata& m) { return !m.output_roles.empty(); },
     [](const Metadata& from, Metadata& to) { to.output_roles = from.output_roles; }},
    {"labels", [](const Metadata& m) { return m.labels.has_value(); },
     [](const Metadata& from, Metadata& to) { to.labels = from.labels; }},
    {"features", [](const Metadata& m) { return m.features.has_value(); },
     [](const Metadata& from, Metadata& to) { to.features = from.features; }},
    {"allow_missing", [](const Metadata& m) { return m.allow_missing.has_value(); },
     [](const Metadata& from, Metadata& to) { to.allow_missing = from.allow_missing; }},
    {"sigmoid_threshold", [](const Metadata& m) { return m.sigmoid_threshold.has_value(); },
     [](const Metadata& from, Metadata& to) { to.sigmoid_threshold = from.sigmoid_threshold; }},
    {"batchable", [](const Metadata& m) { return m.batchable.has_value(); },
     [](const Metadata& from, Metadata& to) { to.batchable = from.batchable; }},
};

// The settings of a bit set, laid over what is told.
Metadata With(const Metadata& told, const Metadata& before,
              const std::vector<const Setting*>& offered, std::uint32_t chosen) {
  Metadata merged = told;
  for (std::size_t i = 0; i < offered.size(); ++i) {
    if ((chosen >> i & 1U) != 0) offered[i]->copy(before, merged);
  }
  return merged;
}

}  // namespace

Json SettingsToJson(const Metadata& metadata) {
  Json json = Json::object();
  if (metadata.task) json["task"] = model::Name(*metadata.task);
  if (metadata.labels) {
    std::visit([&](const auto& list) { json["labels"] = list; }, *metadata.labels);
  }
  if (metadata.features) json["features"] = *metadata.features;
  for (const auto& [output, role] : metadata.output_roles) {
    json["output_roles"][output] = model::Name(role);
  }
  if (metadata.sigmoid_threshold) json["sigmoid_threshold"] = *metadata.sigmoid_threshold;
  if (metadata.allow_missing) json["allow_missing"] = *metadata.allow_missing;
  if (metadata.batchable) json["batchable"] = *metadata.batchable;
  return json;
}

Inherited Inherit(const Metadata& told, const Metadata& before, std::string_view version,
                  const std::function<bool(const Metadata&)>& fits) {
  std::vector<const Setting*> offered;
  for (const Setting& setting : kSettings) {
    if (setting.told(before) && !setting.told(told)) offered.push_back(&setting);
  }
  // At most 128 sets of seven settings. Nearly always the first one fits.
  const std::uint32_t all = (1U << offered.size()) - 1;
  std::uint32_t best = 0;
  for (int size = static_cast<int>(offered.size()); size > 0 && best == 0; --size) {
    for (std::uint32_t chosen = 1; chosen <= all && best == 0; ++chosen) {
      if (std::popcount(chosen) == size && fits(With(told, before, offered, chosen))) best = chosen;
    }
  }
  Inherited inherited{.told = With(told, before, offered, best), .notes = {}};
  for (std::size_t i = 0; i < offered.size(); ++i) {
    const bool taken = (best >> i & 1U) != 0;
    inherited.notes.push_back(
        std::string(offered[i]->name) + (taken ? ": as told for " : ": not as told for ") +
        std::string(version) + (taken ? "" : ", because it no longer fits the graph"));
  }
  return inherited;
}

}  // namespace moorage::contract
