#include "foundation/rows/golden_answer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace moorage::rows {
namespace {

// What numpy.isclose(got, expected, rtol=1e-5, atol=1e-5) answers.
TEST(IsClose, IsTheRuleOfNumpy) {
  EXPECT_TRUE(IsClose(0, 1e-5, 1e-5));
  EXPECT_FALSE(IsClose(0, 1.0001e-5, 1e-5));
  EXPECT_TRUE(IsClose(1e6, 1e6 + 10, 1e-5));
  EXPECT_FALSE(IsClose(1e6, 1e6 + 10.1, 1e-5));
  EXPECT_TRUE(IsClose(-1e6, -1e6 + 10, 1e-5));
  EXPECT_FALSE(IsClose(1, std::numeric_limits<double>::quiet_NaN(), 1e-5));
  EXPECT_TRUE(IsClose(0.5, 0.5, 0));
}

TEST(GoldenRequest, ComparesPredictionsExactlyAndNumbersWithinTheTolerance) {
  const std::vector<double> p = {0.25, 0.75};
  Prediction got;
  got.integer = 1;
  got.probabilities = p;
  model::GoldenRequest golden{
      .features = {}, .prediction = 1, .probability = {0.25, 0.750001}, .tolerance = 1e-5};
  EXPECT_TRUE(CompareGolden(golden, got).ok());
  golden.tolerance = 1e-7;
  EXPECT_EQ(CompareGolden(golden, got).error().message,
            "probability[1]: expected 0.750001 within 1e-07, got 0.75");
  golden.probability = {1};
  EXPECT_EQ(CompareGolden(golden, got).error().message, "probability: expected 1 numbers, got 2");
  golden.prediction = 0;
  EXPECT_EQ(CompareGolden(golden, got).error().message, "prediction: expected 0, got 1");
  golden.prediction = "1";
  EXPECT_EQ(CompareGolden(golden, got).error().message, "prediction: expected \"1\", got 1");
}

TEST(GoldenRequest, ComparesValuesAndStrings) {
  Prediction value;
  value.value = 117.1;
  model::GoldenRequest golden{
      .features = {}, .prediction = 117.09521484375, .probability = {}, .tolerance = 0.01};
  EXPECT_TRUE(CompareGolden(golden, value).ok());
  golden.tolerance = 1e-5;
  EXPECT_EQ(CompareGolden(golden, value).error().message,
            "prediction: expected 117.095215 within 1e-05, got 117.1");
  value.value = std::nan("");
  EXPECT_FALSE(CompareGolden(golden, value).ok());
  Prediction text;
  text.text = "barolo";
  golden.prediction = "barolo";
  EXPECT_TRUE(CompareGolden(golden, text).ok());
  golden.prediction = "barbera";
  EXPECT_EQ(CompareGolden(golden, text).error().message,
            "prediction: expected \"barbera\", got 'barolo'");
}

}  // namespace
}  // namespace moorage::rows
