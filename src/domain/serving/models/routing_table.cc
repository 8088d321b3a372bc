#include "domain/serving/models/routing_table.h"

#include <algorithm>
#include <utility>

#include "foundation/base/ascii.h"
#include "foundation/base/edit_distance.h"
#include "foundation/model/semver.h"

namespace moorage::models {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kProduction = "production";

// "cancer, digits, wine"
std::string Listed(const std::vector<std::string>& items) {
  constexpr std::size_t kMost = 10;
  std::string text;
  for (std::size_t i = 0; i < items.size() && i < kMost; ++i) {
    if (i > 0) text += ", ";
    text += items[i];
  }
  if (items.size() > kMost) text += ", ... (" + std::to_string(items.size()) + " in all)";
  return text;
}

// "1.0.0 (staging), 1.1.0 (production)"
std::string ListVersions(const RoutingTable::Model& model) {
  std::vector<std::string> items;
  for (const servable::ServableHandle& version : model.versions) {
    std::string aliases;
    for (const auto& [alias, target] : model.aliases) {
      if (target == version) aliases += (aliases.empty() ? "" : ", ") + alias;
    }
    std::string item = version->version.text();
    if (!aliases.empty()) item += " (" + aliases + ")";
    items.push_back(std::move(item));
  }
  return Listed(items);
}

const servable::ServableHandle* FindVersion(const RoutingTable::Model& model,
                                            std::string_view text) {
  for (const servable::ServableHandle& version : model.versions) {
    if (version->version.text() == text) return &version;
  }
  return nullptr;
}

// People write v1.2.0, and no alias has that form.
std::string_view WithoutPrefix(std::string_view selector) {
  return selector.starts_with('v') ? selector.substr(1) : selector;
}

Error NoSelector(std::string_view name, const RoutingTable::Model& model,
                 std::string_view selector) {
  // What should be served comes back without a change of the request, so a client may try again.
  for (const std::string_view key : {selector, WithoutPrefix(selector)}) {
    if (const auto found = model.unavailable.find(key); found != model.unavailable.end()) {
      return {Code::kUnavailable, found->second};
    }
  }
  // The reason is narrowed down, because a version that is not loaded and a misspelt alias are
  // mended differently.
  const std::string_view version = WithoutPrefix(selector);
  if (model.versions.empty()) {
    return {Code::kNotFound, "no version of " + std::string(name) + " is loaded"};
  }
  if (model::SemVer::Parse(version).ok()) {
    return {Code::kNotFound, "version " + std::string(version) + " of " + std::string(name) +
                                 " is not loaded; served: " + ListVersions(model)};
  }
  return {Code::kNotFound, std::string(name) + " has no alias " + base::QuotedExcerpt(selector) +
                               "; served: " + ListVersions(model)};
}

}  // namespace

RoutingTable::RoutingTable(std::uint64_t generation,
                           std::map<std::string, Model, std::less<>> models,
                           std::optional<model::ModelRef> default_ref)
    : generation_(generation), models_(std::move(models)), default_ref_(std::move(default_ref)) {
  // Found once per table, because requests without a name ask on the hot path. An error is made
  // anew for each.
  if (const auto found = FindDefault(); found.ok()) default_ = *found;
}

base::Result<const servable::ServableHandle*> RoutingTable::Resolve(
    std::string_view name, std::string_view selector) const {
  const auto found = models_.find(name);
  if (found == models_.end()) return NoModel(name);
  const Model& model = found->second;
  if (selector.empty()) selector = kProduction;
  if (const auto alias = model.aliases.find(selector); alias != model.aliases.end()) {
    return &alias->second;
  }
  if (const servable::ServableHandle* version = FindVersion(model, selector)) return version;
  if (const servable::ServableHandle* version = FindVersion(model, WithoutPrefix(selector))) {
    return version;
  }
  return NoSelector(name, model, selector);
}

base::Result<const servable::ServableHandle*> RoutingTable::Default() const {
  if (default_ != nullptr) return default_;
  return FindDefault();
}

base::Result<const servable::ServableHandle*> RoutingTable::FindDefault() const {
  if (default_ref_) {
    const std::string* selector = default_ref_->alias() != nullptr
                                      ? &default_ref_->alias()->value()
                                      : &default_ref_->version()->text();
    return Resolve(default_ref_->name.value(), *selector);
  }
  if (models_.size() == 1) return Resolve(models_.begin()->first, kProduction);
  if (models_.empty()) {
    return Error{Code::kNotFound, "no model is served yet; push one and promote it"};
  }
  return Error{Code::kInvalid,
               "several models are served, so the request must name one of them: " + ListModels()};
}

std::string RoutingTable::ListModels() const {
  std::vector<std::string> names;
  names.reserve(models_.size());
  for (const auto& [name, model] : models_) names.push_back(name);
  return Listed(names);
}

Error RoutingTable::NoModel(std::string_view name) const {
  constexpr std::size_t kLongestCompared = 128;
  std::string text = "model " + base::QuotedExcerpt(name) + " is not served";
  // Nearest name by edit distance, at most a third of its letters away. The distance is quadratic
  // in the length, so a long name from a client is not compared.
  const std::string* nearest = nullptr;
  std::size_t nearest_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  if (name.size() <= kLongestCompared) {
    for (const auto& [candidate, model] : models_) {
      const std::size_t distance = base::EditDistance(name, candidate);
      if (distance < nearest_distance) {
        nearest = &candidate;
        nearest_distance = distance;
      }
    }
  }
  if (nearest != nullptr) {
    text += "; did you mean '" + *nearest + "'?";
  } else if (!models_.empty()) {
    text += "; served: " + ListModels();
  } else {
    text += "; no model is served yet; push one and promote it";
  }
  return {Code::kNotFound, std::move(text)};
}

}  // namespace moorage::models
