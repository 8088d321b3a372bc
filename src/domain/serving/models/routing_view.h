#pragma once

// One reactor's view of what is served, which is the table that it took last. It follows what the
// manager publishes. The reactor's thread only.

#include <cstdint>
#include <memory>
#include <string_view>

#include "domain/serving/models/model_manager.h"
#include "domain/serving/models/routing_table.h"

namespace moorage::models {

class RoutingView {
 public:
  // The generation is read before the table, so a table that is published in between is taken
  // again.
  explicit RoutingView(const ModelManager& manager)
      : manager_(manager), generation_(manager.generation()), table_(manager.table()) {}

  // Takes the newest table if this is not it, and so releases versions that are no longer served.
  // What is published is state, not a message, so a view cannot miss it. Costs a read of a number
  // that rarely changes, so it is called for every request: bytes that a client sent after a
  // promotion was answered are read after the new number is seen. References into the old table
  // end.
  void Follow() {
    const std::uint64_t newest = manager_.generation();
    if (newest == generation_) return;
    generation_ = newest;
    table_ = manager_.table();
  }

  // Resolves "cancer", "cancer@staging" or "cancer@1.2.0". An empty text means what is served by
  // default.
  base::Result<const servable::ServableHandle*> Resolve(std::string_view ref) const;

  const RoutingTable& table() const { return *table_; }

 private:
  const ModelManager& manager_;
  std::uint64_t generation_;
  std::shared_ptr<const RoutingTable> table_;
};

}  // namespace moorage::models
