#include "domain/evaluation/regression_metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "foundation/json/json.h"
#include "foundation/statistics/compensated_sum.h"

namespace moorage::evaluation {
namespace {

using json::Json;

constexpr double kTolerance = 1e-12;  // relative

void ExpectSame(const Json& expected, double actual) {
  if (expected.is_string()) {
    EXPECT_TRUE(std::isnan(actual)) << actual;
    return;
  }
  const auto number = expected.get<double>();
  EXPECT_NEAR(number, actual, kTolerance * std::abs(number));
}

TEST(RegressionMetrics, AgreeWithScikitLearnOnGeneratedVectors) {
  std::ifstream file(MOORAGE_SOURCE_DIR "/tests/reference/regression_metrics.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto vectors = json::ParseJson(text);
  ASSERT_TRUE(vectors.ok());
  ASSERT_GT(vectors->size(), 50u);
  for (const Json& json : *vectors) {
    SCOPED_TRACE(json["name"].get<std::string>());
    const auto metrics = Regression(json["y_true"].get<std::vector<double>>(),
                                    json["y_pred"].get<std::vector<double>>());
    ASSERT_TRUE(metrics.ok());
    ExpectSame(json["expected"]["mae"], metrics->mae);
    ExpectSame(json["expected"]["mse"], metrics->mse);
    ExpectSame(json["expected"]["rmse"], metrics->rmse);
    ExpectSame(json["expected"]["r2"], metrics->r2);
    ExpectSame(json["expected"]["mape"], metrics->mape);
  }
}

TEST(RegressionMetrics, SeeThatTargetsAreEqualEvenWhereTheirMeanIsRounded) {
  const std::vector<double> y_true(3, 0.1);
  const std::vector<double> y_pred{0.1, 0.1, 0.2};
  EXPECT_EQ(Regression(y_true, y_true)->r2, 1);
  EXPECT_EQ(Regression(y_true, y_pred)->r2, 0);
}

TEST(RegressionMetrics, RefuseRowsThatAreNoNumbers) {
  const std::vector<double> good{1, 2};
  for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    EXPECT_FALSE(Regression(good, std::vector<double>{1, bad}).ok());
    EXPECT_FALSE(Regression(std::vector<double>{1, bad}, good).ok());
  }
  EXPECT_FALSE(Regression(good, std::vector<double>{1}).ok());
  EXPECT_FALSE(Regression({}, {}).ok());
}

}  // namespace
}  // namespace moorage::evaluation
