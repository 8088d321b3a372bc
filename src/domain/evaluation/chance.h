#pragma once

// How likely chance alone explains what a model shows. Pure functions.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "domain/evaluation/evaluation.h"

namespace moorage::evaluation {

// The probability that answers which know nothing of the targets do as well, and how it was found.
struct Chance {
  double p = 1;
  std::string_view test;         // "exact sign test", "permutation test"
  std::size_t permutations = 0;  // 0 for the sign test
};

// Tests one metric of a model that gave no invalid answer, one-sided.
// - accuracy, recall_weighted and the micro averages have the exact sign test. It looks at the rows
//   that only the model or only the naive model answers correctly.
// - Every other metric has the permutation test of its value over the answers in random order. At
//   any level it errs with at most that probability. The seed is fixed, so a run can be repeated.
//
// `level` (above 0) sets the least number of permutations. The time is bounded by about 10^8 rows
// permuted, or by 10 / level permutations where that is more. Nothing for log_loss and for an
// unknown name.
std::optional<Chance> ChanceOf(const Evaluation& evaluation, std::string_view metric, double level);

}  // namespace moorage::evaluation
