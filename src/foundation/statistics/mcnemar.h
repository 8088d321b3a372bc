#pragma once

#include <cstdint>

namespace moorage::statistics {

// Returns the p-value of McNemar's exact test on paired answers. It assumes that two classifiers
// are equally good. The counts are the rows that only one of them answered correctly. The p-value
// is the probability of a split that is at least as uneven.
//
//   p = min(1, 2 P(X <= min)), X binomial over the sum of the counts with probability 1/2
//
// Returns 1 if both counts are 0.
double McNemarExact(std::uint64_t only_first, std::uint64_t only_second);

}  // namespace moorage::statistics
