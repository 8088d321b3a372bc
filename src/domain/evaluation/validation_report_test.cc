#include "domain/evaluation/validation_report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "domain/evaluation/evaluate.h"
#include "domain/evaluation/gates/standard_gates.h"
#include "domain/evaluation/testing/fake_evaluation.h"
#include "domain/evaluation/testing/fake_model.h"
#include "foundation/base/testing/fake_clock.h"

namespace moorage::evaluation {
namespace {

using json::Json;

ValidationReport ReportOf(Evaluation evaluation, Policy policy) {
  const base::FakeClock clock;
  ValidationReport report{.candidate = {"m", "1.0.1", model::DigestOf("candidate")},
                          .baseline = std::nullopt,
                          .evaluation = std::move(evaluation),
                          .policy = std::move(policy),
                          .policy_source = PolicySource::kGiven,
                          .verdict = {},
                          .engine = "moorage 0.1.0, fake 1.0.0",
                          .started = clock.Now()};
  report.verdict =
      RunGates(StandardGates(), {.policy = report.policy, .candidate = report.evaluation});
  return report;
}

// Truth yes, no, no, yes; the model answers yes, no, yes, yes.
class ClassifierReport : public testing::Test {
 protected:
  ClassifierReport() {
    fake_.manifest().labels = std::vector<std::string>{"no", "yes"};
    dataset_ = fake_.Read("1,1,yes\n0,0,no\n0.5,0.75,no\n0.25,0.75,yes\n");
    EXPECT_TRUE(dataset_.ok()) << dataset_.error().message;
    auto evaluation = Evaluate(fake_.session(), fake_.manifest(), *dataset_, clock_);
    EXPECT_TRUE(evaluation.ok()) << evaluation.error().message;
    evaluation_ = *std::move(evaluation);
    policy_.metrics["recall[yes]"] = {.min = 0.99, .max = std::nullopt};
  }

  FakeModel fake_;
  base::FakeClock clock_;
  base::Result<Dataset> dataset_ = base::Error{};
  Evaluation evaluation_;
  Policy policy_;
};

TEST_F(ClassifierReport, ListsAtMostAThousandClasses) {
  constexpr std::size_t kClasses = 3'000;
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < kClasses; ++i) labels.push_back("c" + std::to_string(i));
  ClassificationAnswers& answers = evaluation_.classification;
  answers.labels = labels;
  answers.y_true = {2'999, 5, 2'999};
  answers.y_pred = {2'999, 5, 5};
  answers.matrix = *ConfusionMatrix::Count(answers.y_true, answers.y_pred, kClasses);
  answers.per_class.clear();
  for (std::size_t label = 0; label < kClasses; ++label) {
    answers.per_class.push_back(ScoresOf(*answers.matrix, label, ZeroDivision::kZero));
  }
  evaluation_.sample = {{.row = 1,
                         .target = "c5",
                         .prediction = "c5",
                         .confidence = 1.0,
                         .probabilities = std::vector<double>(kClasses)}};
  const Json json = ToJson(ReportOf(evaluation_, Policy{}));
  EXPECT_TRUE(json["confusion_matrix"].is_null());
  ASSERT_EQ(json["per_class"].size(), 1'000U);
  EXPECT_EQ(json["per_class"].back()["label"], "c2999") << "those that are true most often";
  EXPECT_EQ(json["per_class"].back()["support"], 2);
  EXPECT_FALSE(json["sample"][0].contains("probabilities"));
}

TEST_F(ClassifierReport, TellsEverythingThatTheVerdictDependsOn) {
  const Json json = ToJson(ReportOf(evaluation_, policy_));
  EXPECT_EQ(json["model"], "m");
  EXPECT_EQ(json["version"], "1.0.1");
  EXPECT_EQ(json["artifact"], model::DigestOf("candidate").value());
  EXPECT_EQ(json["outcome"], "PASS");
  EXPECT_EQ(json["task"], "classification");
  EXPECT_EQ(json["data"]["digest"], dataset_->digest().value());
  EXPECT_EQ(json["data"]["rows"], 4);
  EXPECT_EQ(json["data"]["target"], "target");
  EXPECT_EQ(json["data"]["invalid_rows"], 0);
  EXPECT_EQ(json["policy"]["digest"], policy_.digest().value());
  EXPECT_EQ(json["policy"]["source"], "given");
  EXPECT_EQ(json["policy"]["document"],
            Json::parse(R"({"metrics": {"recall[yes]": {"min": 0.99}}})"));
  EXPECT_EQ(json["engine"], "moorage 0.1.0, fake 1.0.0");
  EXPECT_EQ(json["started_at"], "2026-01-27T01:08:12.345Z");
  EXPECT_EQ(json["rows_per_second"], 0) << "no time has passed by this clock";
  const auto read = json::ParseJson(json::ToText(json));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, json);
}

TEST_F(ClassifierReport, MeasuresTheWholeAndEachClassUnderItsLabel) {
  const Json json = ToJson(ReportOf(evaluation_, policy_));
  EXPECT_EQ(json["metrics"]["accuracy"], 0.75);
  EXPECT_EQ(json["naive_metrics"]["accuracy"], 0.5);
  EXPECT_FALSE(json["metrics"].contains("recall[yes]")) << "it stands in per_class";
  EXPECT_EQ(json["positive_label"], "yes");
  EXPECT_EQ(json["confusion_matrix"],
            Json::parse(R"({"labels": ["no", "yes"], "counts": [[1, 1], [0, 2]]})"));
  ASSERT_EQ(json["per_class"].size(), 2U);
  EXPECT_EQ(json["per_class"][0]["label"], "no");
  EXPECT_EQ(json["per_class"][0]["precision"], 1.0);
  EXPECT_EQ(json["per_class"][0]["recall"], 0.5);
  EXPECT_NEAR(json["per_class"][0]["f1"].get<double>(), 2.0 / 3, 1e-15);
  EXPECT_NEAR(json["per_class"][1]["precision"].get<double>(), 2.0 / 3, 1e-15);
  EXPECT_EQ(json["per_class"][1]["support"], 2);
  ASSERT_EQ(json["sample"].size(), 4U);
  EXPECT_EQ(json["sample"][2], Json::parse(R"({"row": 3, "target": "no", "prediction": "yes",
      "confidence": 0.625, "probabilities": {"no": 0.375, "yes": 0.625}})"));
}

TEST_F(ClassifierReport, HasEachGatesNumbers) {
  const Json gates = ToJson(ReportOf(evaluation_, policy_))["gates"];
  ASSERT_EQ(gates.size(), 2U);
  EXPECT_EQ(gates[0]["name"], "finite_outputs");
  EXPECT_EQ(gates[1]["name"], "metric_threshold");
  EXPECT_EQ(gates[1]["measurements"][0]["value"], 1.0);
  EXPECT_EQ(gates[1]["measurements"][0]["threshold"], 0.99);
}

TEST_F(ClassifierReport, NamesTheBaselineOrSaysWhyThereIsNone) {
  ValidationReport report = ReportOf(evaluation_, policy_);
  EXPECT_EQ(ToJson(report)["baseline"], nullptr);
  EXPECT_EQ(ToJson(report)["not_compared"], nullptr);
  report.not_compared = "m@1.0.0, which is in production, takes other columns";
  EXPECT_EQ(ToJson(report)["not_compared"], report.not_compared);
  report.not_compared = {};
  report.baseline = BaselineResult{{"m", "1.0.0", model::DigestOf("before")}, evaluation_.metrics};
  const Json baseline = ToJson(report)["baseline"];
  EXPECT_EQ(baseline["model"], "m");
  EXPECT_EQ(baseline["version"], "1.0.0");
  EXPECT_EQ(baseline["artifact"], model::DigestOf("before").value());
  EXPECT_EQ(baseline["metrics"]["accuracy"], 0.75);
}

TEST(ValidationReport, OfARegressionHasNoClassesAndWritesUndefinedNumbersAsNull) {
  const Json json = ToJson(ReportOf(FakeRegression({1, 2}, {{"rmse", 0.5}, {"r2", std::nan("")}}),
                                    DefaultPolicy(model::Task::kRegression)));
  EXPECT_EQ(json["task"], "regression");
  EXPECT_EQ(json["metrics"], Json::parse(R"({"rmse": 0.5, "r2": null})"));
  for (const char* key : {"positive_label", "per_class", "confusion_matrix"}) {
    EXPECT_FALSE(json.contains(key)) << key;
  }
}

TEST(ValidationReport, OfInvalidAnswersHasNoMetrics) {
  const Json json =
      ToJson(ReportOf(WithInvalidRow(FakeClassification({0, 1}, {}, {{"accuracy", 1}})),
                      DefaultPolicy(model::Task::kClassification)));
  EXPECT_EQ(json["outcome"], "FAIL");
  EXPECT_EQ(json["data"]["invalid_rows"], 1);
  EXPECT_TRUE(json["metrics"].empty());
  EXPECT_FALSE(json.contains("confusion_matrix"));
}

}  // namespace
}  // namespace moorage::evaluation
