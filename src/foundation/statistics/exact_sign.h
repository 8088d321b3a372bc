#pragma once

#include <cstdint>

namespace moorage::statistics {

// Returns the p-value of the exact one-sided sign test. It is the probability of at least `wins`
// among wins + losses pairs if each pair is won with probability 1/2.
//
//   p = P(X >= wins), X binomial over wins + losses with probability 1/2
//
// Pairs without a winner are left out before. Returns 1 if there are no wins.
double SignTestExact(std::uint64_t wins, std::uint64_t losses);

}  // namespace moorage::statistics
