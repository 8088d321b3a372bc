#pragma once

#include <memory>
#include <vector>

#include "domain/evaluation/gates/gate.h"

namespace moorage::evaluation {

// Every gate of a validation, in the order of the report, cheapest reason to stop first. The policy
// decides which of them judge.
std::vector<std::unique_ptr<const Gate>> StandardGates();

}  // namespace moorage::evaluation
