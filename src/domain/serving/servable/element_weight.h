#pragma once

// How many rows of the probe a row of a larger form counts as. Where a dimension behind the first
// is free, a client chooses how large a row is.

#include <cstddef>
#include <span>

#include "domain/serving/servable/probe_report.h"
#include "domain/serving/servable/row_buffers.h"

namespace moorage::servable {

// Immutable, so any thread may read it.
class ElementWeight {
 public:
  // `costs` are those of the probe. Without any, every row counts as one.
  explicit ElementWeight(std::span<const CostPoint> costs);

  // At least 1. Grows with the elements as the probe has seen it, at least in proportion.
  double Of(std::size_t elements_of_a_row) const;

 private:
  double elements_ = 0;  // of one row of the probe
  double power_ = 1;
};

// The elements of all inputs of one row.
std::size_t ElementsOf(const RowForm& form);

}  // namespace moorage::servable
