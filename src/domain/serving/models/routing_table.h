#pragma once

// The loaded version of each name and selector. Immutable, so any thread may read it. A promote
// publishes a new table, so a request sees the old routes or the new ones, never a mixture.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/serving/servable/servable.h"
#include "foundation/base/result.h"
#include "foundation/model/model_ref.h"

namespace moorage::models {

class RoutingTable {
 public:
  struct Model {
    std::map<std::string, servable::ServableHandle, std::less<>> aliases;
    std::vector<servable::ServableHandle> versions;  // by precedence, newest last
    // Aliases and versions that should be served and are not, and why. "cancer@1.2.0 cannot be
    // loaded: ..."
    std::map<std::string, std::string, std::less<>> unavailable = {};

    bool operator==(const Model&) const = default;
  };

  RoutingTable() = default;
  RoutingTable(const RoutingTable&) = delete;
  RoutingTable& operator=(const RoutingTable&) = delete;
  RoutingTable(std::uint64_t generation, std::map<std::string, Model, std::less<>> models,
               std::optional<model::ModelRef> default_ref);

  // The version behind "name" (production), "name@alias" or "name@1.2.0". kUnavailable with the
  // reason for what should be served and is not. The message of kNotFound names what is missing
  // (model, alias or version) and what is there. The pointer is valid as long as the table.
  base::Result<const servable::ServableHandle*> Resolve(std::string_view name,
                                                        std::string_view selector) const;
  // The version of requests without a model name. It is of the configured default, or of the only
  // model that is served.
  base::Result<const servable::ServableHandle*> Default() const;

  std::uint64_t generation() const { return generation_; }
  const std::map<std::string, Model, std::less<>>& models() const { return models_; }

 private:
  base::Result<const servable::ServableHandle*> FindDefault() const;
  base::Error NoModel(std::string_view name) const;
  std::string ListModels() const;

  std::uint64_t generation_ = 0;
  std::map<std::string, Model, std::less<>> models_;
  std::optional<model::ModelRef> default_ref_;
  const servable::ServableHandle* default_ =
      nullptr;  // into models_, what Default() finds, else null
};

}  // namespace moorage::models
