#pragma once

// Compares answers with those that a golden request promises. Pure functions.

#include "foundation/base/result.h"
#include "foundation/model/manifest.h"
#include "foundation/rows/prediction.h"

namespace moorage::rows {

// The one rule for numbers that should be equal: |got - expected| <= t + t * |expected|. It is
// numpy.isclose with atol = rtol = t, so it is absolute near 0 and relative for large numbers.
// False for a NaN.
bool IsClose(double expected, double got, double tolerance);

// Checks one answer against a golden request. Labels must be equal, numbers close within its
// tolerance. kInvalid names both values and the tolerance.
base::Status CompareGolden(const model::GoldenRequest& golden, const Prediction& prediction);

}  // namespace moorage::rows
