#include "domain/serving/servable/cost_estimate.h"

#include <algorithm>

namespace moorage::servable {
namespace {

constexpr double kWeight = 1.0 / 16;  // of one run in the mean
constexpr double kMostPerRun = 8.0;   // a run that was preempted says little about the model
constexpr double kHysteresis = 1.5;
// A factor of 0 could never rise again, and others divide by it.
constexpr double kLeastFactor = 0.01;
// Keeps the divisor in Record() above zero. A trial run may take no measurable time.
constexpr double kLeastNanoseconds = 100;

}  // namespace

double CostEstimate::Line(std::size_t rows) const {
  return std::max(kLeastNanoseconds, static_cast<double>(line_.Of(rows).count()));
}

base::Duration CostEstimate::Of(std::size_t rows) const {
  return base::Duration(static_cast<base::Duration::rep>(scale_ * Line(rows)));
}

base::Duration CostEstimate::OfSlices(std::size_t rows, std::size_t batch_size) const {
  if (rows == 0) return base::Duration{0};
  if (rows <= batch_size) return Of(rows);
  const std::size_t rest = rows % batch_size;
  const base::Duration whole = Of(batch_size) * static_cast<long>(rows / batch_size);
  return rest == 0 ? whole : whole + Of(rest);
}

void CostEstimate::Record(std::size_t rows, base::Duration ran) {
  // Exponentially weighted moving average with winsorized samples. A mean of 0 could never rise
  // again, because a sample counts as a multiple of the mean at most.
  const double ratio = static_cast<double>(ran.count()) / Line(rows);
  mean_ += kWeight * (std::min(ratio, kMostPerRun * mean_) - mean_);
  mean_ = std::max(mean_, kLeastFactor);
  if (mean_ > scale_ * kHysteresis || mean_ < scale_ / kHysteresis) scale_ = mean_;
}

void CostEstimate::Believe(double factor) {
  mean_ = std::max(factor, kLeastFactor);
  scale_ = mean_;
}

}  // namespace moorage::servable
