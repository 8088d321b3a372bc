#pragma once

#include <cstddef>
#include <string>

#include "domain/serving/servable/servable.h"
#include "foundation/base/clock.h"

namespace moorage::servable {

// What trial runs show of a version that has just been opened.
struct ProbeReport {
  bool batchable = false;
  RunCost cost;
  std::string note;
};

// Runs `servable` (whose session, layout and reader are there) with 1 and 2 rows and, if rows may
// share a run, with up to `batch_size`.
ProbeReport Probe(const Servable& servable, std::size_t batch_size, const base::Clock& clock);

}  // namespace moorage::servable
