#pragma once

#include <memory>
#include <string_view>

#include "domain/serving/models/model_manager.h"
#include "domain/serving/models/routing_table.h"

namespace moorage::models {

// One reactor's view of what is served: the table that it took last. Not safe for other threads.
class RoutingView {
 public:
  explicit RoutingView(const ModelManager& manager) : manager_(manager), table_(manager.table()) {}

  // Takes the newest table. Cheap if nothing has changed; lets go of versions that are no longer
  // served.
  void Refresh() { table_ = manager_.table(); }

  // "cancer", "cancer@staging", "cancer@1.2.0"; empty: what is served by default.
  base::Result<const servable::ServableHandle*> Resolve(std::string_view ref) const;

  const RoutingTable& table() const { return *table_; }

 private:
  const ModelManager& manager_;
  std::shared_ptr<const RoutingTable> table_;
};

}  // namespace moorage::models
