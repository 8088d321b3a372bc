#include "domain/evaluation/classification_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "domain/evaluation/label_encoding.h"
#include "foundation/json/json.h"
#include "foundation/model/datatype.h"

namespace moorage::evaluation {
namespace {

using json::Json;

constexpr double kTolerance = 1e-12;  // relative

Json ReadVectors(const std::string& name) {
  std::ifstream file(MOORAGE_SOURCE_DIR "/tests/reference/" + name);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto json = json::ParseJson(text);
  EXPECT_TRUE(json.ok());
  return json.ok() ? *json : Json::array();
}

double NumberOf(const Json& value) {
  return value.is_string() ? std::nan("") : value.get<double>();
}

void ExpectSame(const Json& expected, double actual) {
  const double number = NumberOf(expected);
  if (std::isnan(number)) {
    EXPECT_TRUE(std::isnan(actual)) << actual;
  } else {
    EXPECT_NEAR(number, actual, kTolerance * std::abs(number));
  }
}

void ExpectScores(const Json& expected, const Scores& actual) {
  ExpectSame(expected["precision"], actual.precision);
  ExpectSame(expected["recall"], actual.recall);
  ExpectSame(expected["f1"], actual.f1);
}

ZeroDivision ZeroDivisionOf(const Json& value) {
  if (value.is_string()) return ZeroDivision::kNan;
  return value.get<int>() == 0 ? ZeroDivision::kZero : ZeroDivision::kOne;
}

// A case of the file as class numbers: `all` is the union of what occurs and what is asked for,
// `asked` the class numbers of the labels that scores are wanted for.
template <typename T>
struct Case {
  LabelEncoding all;
  std::vector<std::size_t> y_true;
  std::vector<std::size_t> y_pred;
  std::vector<std::size_t> asked;
};

template <typename T>
Case<T> Encode(const Json& json) {
  const auto y_true = json["y_true"].get<std::vector<T>>();
  const auto y_pred = json["y_pred"].get<std::vector<T>>();
  const std::vector<T> occurring = SortedUnion(y_true, y_pred);
  const auto asked =
      json.contains("labels") ? json["labels"].get<std::vector<T>>() : std::vector<T>(occurring);
  if (!json.contains("labels")) {
    EXPECT_EQ(json["expected"]["labels"].get<std::vector<T>>(), occurring);
  }
  std::vector<T> all = SortedUnion(occurring, asked);
  if (json["expected"].contains("binary")) {
    const std::vector<T> positive{json["expected"]["binary"]["pos_label"].get<T>()};
    all = SortedUnion(all, positive);
  }
  Case<T> made{.all = *LabelEncoding::Make(all), .y_true = {}, .y_pred = {}, .asked = {}};
  for (const T& label : y_true) made.y_true.push_back(*made.all.Find(label));
  for (const T& label : y_pred) made.y_pred.push_back(*made.all.Find(label));
  for (const T& label : asked) made.asked.push_back(*made.all.Find(label));
  return made;
}

template <typename T>
void Check(const Json& json) {
  const Case<T> test = Encode<T>(json);
  const auto matrix = ConfusionMatrix::Count(test.y_true, test.y_pred, test.all.classes());
  ASSERT_TRUE(matrix.ok());
  const Json& expected = json["expected"];
  const ZeroDivision zero_division = ZeroDivisionOf(json["zero_division"]);

  ExpectSame(expected["accuracy"], Accuracy(*matrix));
  ExpectSame(expected["balanced_accuracy"], BalancedAccuracy(*matrix));
  for (std::size_t i = 0; i < test.asked.size(); ++i) {
    const auto [scores, support] = ScoresOf(*matrix, test.asked[i], zero_division);
    const Json& per_class = expected["per_class"];
    ExpectSame(per_class["precision"][i], scores.precision);
    ExpectSame(per_class["recall"][i], scores.recall);
    ExpectSame(per_class["f1"][i], scores.f1);
    EXPECT_EQ(per_class["support"][i].get<std::uint64_t>(), support);
    for (std::size_t j = 0; j < test.asked.size() && expected["confusion_matrix"].is_array(); ++j) {
      EXPECT_EQ(expected["confusion_matrix"][i][j].get<std::uint64_t>(),
                matrix->at(test.asked[i], test.asked[j]));
    }
  }
  ExpectScores(expected["macro"], MacroAverage(*matrix, test.asked, zero_division));
  ExpectScores(expected["weighted"], WeightedAverage(*matrix, test.asked, zero_division));
  ExpectScores(expected["micro"], MicroAverage(*matrix, test.asked, zero_division));
  if (!expected.contains("binary")) return;
  const auto positive = test.all.Find(expected["binary"]["pos_label"].get<T>());
  ExpectScores(expected["binary"], ScoresOf(*matrix, *positive, zero_division).scores);
}

TEST(ClassificationMetrics, AgreeWithScikitLearnOnGeneratedVectors) {
  const Json vectors = ReadVectors("classification_metrics.json");
  ASSERT_GT(vectors.size(), 100u);
  for (const Json& json : vectors) {
    SCOPED_TRACE(json["name"].get<std::string>());
    if (json["y_true"][0].is_string()) {
      Check<std::string>(json);
    } else {
      Check<std::int64_t>(json);
    }
  }
}

ConfusionMatrix MatrixOf(const std::vector<std::size_t>& y_true,
                         const std::vector<std::size_t>& y_pred, std::size_t classes) {
  auto matrix = ConfusionMatrix::Count(y_true, y_pred, classes);
  EXPECT_TRUE(matrix.ok());
  return *matrix;
}

TEST(ClassificationMetrics, LeaveOutClassesThatNeverOccur) {
  const ConfusionMatrix three = MatrixOf({0, 1, 1}, {0, 1, 0}, 3);
  const ConfusionMatrix two = MatrixOf({0, 1, 1}, {0, 1, 0}, 2);
  EXPECT_THAT(three.occurring(), testing::ElementsAre(0, 1));
  EXPECT_EQ(MacroAverage(three, three.occurring(), ZeroDivision::kZero).f1,
            MacroAverage(two, two.occurring(), ZeroDivision::kZero).f1);
}

TEST(ClassificationMetrics, CountAClassThatIsPredictedButNeverTrueInTheMacroAverage) {
  const ConfusionMatrix matrix = MatrixOf({0, 0, 1, 1}, {0, 2, 1, 1}, 3);
  EXPECT_NEAR(MacroAverage(matrix, matrix.occurring(), ZeroDivision::kZero).f1, 5.0 / 9, 1e-15);
}

TEST(LogLoss, IsThatOfTheKnownExample) {
  // ["spam", "ham", "ham", "spam"] with classes ham, spam: the example of scikit-learn's manual.
  const std::vector<std::size_t> y_true{1, 0, 0, 1};
  const std::vector<double> probabilities{.1, .9, .9, .1, .8, .2, .35, .65};
  EXPECT_NEAR(*LogLoss(y_true, probabilities, 2), 0.21616187468057912, 1e-15);
}

TEST(LogLoss, IsBoundedByTheEpsilonOfTheDatatype) {
  const std::vector<std::size_t> y_true{0};
  const std::vector<double> wrong{0, 1};
  EXPECT_NEAR(*LogLoss(y_true, wrong, 2), 36.04365338911715, 1e-12);
  EXPECT_NEAR(*LogLoss(y_true, wrong, 2, model::DataType::kFp32), 15.942385152878742, 1e-12);
  EXPECT_NEAR(*LogLoss(y_true, wrong, 2, model::DataType::kFp16), 6.931471805599453, 1e-12);
  const std::vector<double> right{1, 0};
  EXPECT_NEAR(*LogLoss(y_true, right, 2), 2.220446049250313e-16, 1e-20);
}

TEST(LogLoss, DoesNotDivideRowsByTheirSum) {
  const std::vector<std::size_t> y_true{0};
  const std::vector<double> half{.5, .25};
  EXPECT_NEAR(*LogLoss(y_true, half, 2), std::log(2), 1e-15);
}

TEST(LogLoss, RefusesWhatAreNoProbabilities) {
  const std::vector<std::size_t> y_true{0};
  for (const std::vector<double>& bad :
       {std::vector<double>{-.1, 1.1}, {NAN, 1}, {INFINITY, 1}, {1, 1.5}, {1}}) {
    EXPECT_FALSE(LogLoss(y_true, bad, 2).ok());
  }
  EXPECT_FALSE(LogLoss({}, {}, 2).ok());
}

// The vectors of tests/reference/log_loss.json. scikit-learn computes in the datatype of the
// probabilities, and we in FP64, so the agreement is that of the datatype.
TEST(LogLoss, AgreesWithScikitLearnInEachDatatype) {
  const json::Json cases = ReadVectors("log_loss.json");
  ASSERT_GE(cases.size(), 8U);
  for (const json::Json& one : cases) {
    const auto type = model::ParseDataType(one["datatype"].get<std::string>());
    ASSERT_TRUE(type.has_value());
    const auto y_true = one["y_true"].get<std::vector<std::size_t>>();
    const auto probabilities = one["y_proba"].get<std::vector<double>>();
    const double expected = one["expected"].get<double>();
    const auto loss = LogLoss(y_true, probabilities, one["classes"].get<std::size_t>(), *type);
    ASSERT_TRUE(loss.ok()) << one["name"] << ": " << loss.error().message;
    const double tolerance = *type == model::DataType::kFp64 ? 1e-12 : 4 * EpsilonOf(*type);
    EXPECT_NEAR(*loss, expected, tolerance * std::max(1.0, expected)) << one["name"];
  }
}

}  // namespace
}  // namespace moorage::evaluation
