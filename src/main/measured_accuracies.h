#pragma once

// The accuracy that the newest validation of each served version has measured. Refresh() reads the
// registry, on a thread that may block. Find() reads nothing, so a scrape costs no evidence.

#include <cstdint>
#include <map>
#include <optional>

#include "domain/registry/registry.h"
#include "domain/serving/models/routing_table.h"
#include "foundation/base/mutex.h"

namespace moorage::main {

// Any thread.
class MeasuredAccuracies {
 public:
  // Reads what was validated since the last call, and forgets versions that `table` does not hold.
  // What cannot be read stays as it was.
  void Refresh(registry::Registry& registry, const models::RoutingTable& table);

  // Nothing if the artifact has no validation, or none that measured its accuracy.
  std::optional<double> Find(const model::Digest& artifact) const;

 private:
  struct Entry {
    std::int64_t evidence = 0;  // its id, 0 before the first
    std::optional<double> accuracy;
  };

  mutable base::Mutex mutex_;  // never held while the registry is read
  std::map<model::Digest, Entry> entries_ GUARDED_BY(mutex_);
};

}  // namespace moorage::main
