#pragma once

#include <cstdint>

namespace moorage::statistics {

// The answers of two classifiers to the same rows.
struct PairedAnswers {
  std::uint64_t rows = 0;         // from 1
  std::uint64_t only_first = 0;   // rows that only the first answered correctly
  std::uint64_t only_second = 0;  // rows that only the second answered correctly
};

// Returns the one-sided p-value of Tango's score test (1998) for paired proportions. It assumes
// that the accuracy of the first is below that of the second by `margin` (above 0, below 1) or
// more. A small value shows that the first is not inferior by that margin.
//
//   T = (b - c + n m) / sqrt(n (2 q - m (1 + m))),  p = P(Z >= T)
//
// b and c are only_first and only_second, m is the margin, and q is the estimate of the probability
// of c under the assumption. Returns 1 for no rows.
double NonInferiorityP(const PairedAnswers& answers, double margin);

// Returns how many rows with the same proportions would have a p-value of `level` (above 0, below
// 1/2). Returns 0 if no number would, because the first is worse by the margin.
double RowsToDecide(const PairedAnswers& answers, double margin, double level);

}  // namespace moorage::statistics
