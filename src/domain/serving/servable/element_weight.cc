#include "domain/serving/servable/element_weight.h"

#include <algorithm>
#include <cmath>

namespace moorage::servable {
namespace {

// A cube is what a product of matrices costs. A larger power is noise of the measurement.
constexpr double kMostPower = 3;

}  // namespace

ElementWeight::ElementWeight(std::span<const CostPoint> costs) {
  if (costs.empty()) return;
  const CostPoint& first = costs.front();
  elements_ = static_cast<double>(first.elements);
  // Two points of a curve t = c * e^p give its power p. A fixed share of the time makes it smaller
  // than it is, so it is at least 1.
  for (const CostPoint& point : costs) {
    if (point.rows != first.rows || point.elements <= first.elements) continue;
    if (first.elements == 0 || first.time.count() <= 0 || point.time <= first.time) continue;
    const double times =
        static_cast<double>(point.time.count()) / static_cast<double>(first.time.count());
    const double power =
        std::log(times) / std::log(static_cast<double>(point.elements) / elements_);
    power_ = std::clamp(power, power_, kMostPower);
  }
}

double ElementWeight::Of(std::size_t elements_of_a_row) const {
  const auto elements = static_cast<double>(elements_of_a_row);
  if (elements_ <= 0 || elements <= elements_) return 1;
  return std::pow(elements / elements_, power_);
}

std::size_t ElementsOf(const RowForm& form) {
  std::size_t elements = 0;
  for (const RowForm::Input& input : form.inputs) elements += input.elements;
  return elements;
}

}  // namespace moorage::servable
