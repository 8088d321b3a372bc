#pragma once

#include <cstddef>

#include "foundation/base/clock.h"

namespace moorage::servable {

// What one run costs, as a straight line through the measured runs of the probe.
struct RunCost {
  base::Duration fixed{0};    // per run
  base::Duration per_row{0};  // per row
  base::Duration Of(std::size_t rows) const { return fixed + per_row * static_cast<long>(rows); }

  bool operator==(const RunCost&) const = default;
};

}  // namespace moorage::servable
