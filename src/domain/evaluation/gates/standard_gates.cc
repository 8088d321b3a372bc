#include "domain/evaluation/gates/standard_gates.h"

#include "domain/evaluation/gates/baseline_comparison.h"
#include "domain/evaluation/gates/beats_naive.h"
#include "domain/evaluation/gates/finite_outputs.h"
#include "domain/evaluation/gates/metric_threshold.h"
#include "domain/evaluation/gates/minimum_rows.h"

namespace moorage::evaluation {

std::vector<std::unique_ptr<const Gate>> StandardGates() {
  std::vector<std::unique_ptr<const Gate>> gates;
  gates.push_back(std::make_unique<MinimumRows>());
  gates.push_back(std::make_unique<FiniteOutputs>());
  gates.push_back(std::make_unique<MetricThreshold>());
  gates.push_back(std::make_unique<BeatsNaive>());
  gates.push_back(std::make_unique<BaselineComparison>());
  return gates;
}

}  // namespace moorage::evaluation
