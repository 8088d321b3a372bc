#pragma once

// What a run will probably cost now. It is the line measured at load, scaled by how recent runs
// compare with it. The scale follows an exponentially weighted mean, but moves only when the mean
// differs from it by half, so that a choice made by it does not flicker. One thread at a time.

#include <cstddef>

#include "domain/serving/servable/servable.h"
#include "foundation/base/clock.h"

namespace moorage::servable {

class CostEstimate {
 public:
  explicit CostEstimate(const RunCost& measured_at_load) : line_(measured_at_load) {}

  base::Duration Of(std::size_t rows) const;
  // The cost of as many runs as `rows` need at `batch_size` rows each. Zero for no rows.
  base::Duration OfSlices(std::size_t rows, std::size_t batch_size) const;
  void Record(std::size_t rows, base::Duration ran);
  // Takes the cost of a very long run as it is, without the mean.
  void Believe(std::size_t rows, base::Duration ran) { Believe(FactorOf(rows, ran)); }
  // The same for a factor that another estimate of the version has seen.
  void Believe(double factor);
  // How many times the line measured at load this run took.
  double FactorOf(std::size_t rows, base::Duration ran) const {
    return static_cast<double>(ran.count()) / Line(rows);
  }
  double factor() const { return scale_; }

 private:
  double Line(std::size_t rows) const;  // nanoseconds, at least 100

  RunCost line_;
  double mean_ = 1.0;   // of ran / line
  double scale_ = 1.0;  // the one in use
};

}  // namespace moorage::servable
