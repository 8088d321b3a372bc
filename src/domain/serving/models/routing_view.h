#pragma once

// One reactor's view of what is served, which is the table that it took last. The reactor's thread
// only.

#include <memory>
#include <string_view>

#include "domain/serving/models/model_manager.h"
#include "domain/serving/models/routing_table.h"

namespace moorage::models {

class RoutingView {
 public:
  explicit RoutingView(const ModelManager& manager) : manager_(manager), table_(manager.table()) {}

  // Takes the newest table, and so releases versions that are no longer served. Cheap if nothing
  // has changed.
  void Refresh() { table_ = manager_.table(); }

  // Resolves "cancer", "cancer@staging" or "cancer@1.2.0". An empty text means what is served by
  // default.
  base::Result<const servable::ServableHandle*> Resolve(std::string_view ref) const;

  const RoutingTable& table() const { return *table_; }

 private:
  const ModelManager& manager_;
  std::shared_ptr<const RoutingTable> table_;
};

}  // namespace moorage::models
