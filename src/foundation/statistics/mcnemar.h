#pragma once

#include <cstdint>

namespace moorage::statistics {

// McNemar's exact test on paired answers: the probability that, if two classifiers are equally
// good, the rows that only one of them got right are split at least as unevenly as `only_first` :
// `only_second`. p = min(1, 2 P(X <= min)), X binomial over the sum with probability 1/2; 1 if the
// sum is 0.
double McNemarExact(std::uint64_t only_first, std::uint64_t only_second);

}  // namespace moorage::statistics
