#include "domain/evaluation/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace moorage::evaluation {
namespace {

using testing::HasSubstr;

base::Result<Policy> Parse(std::string_view text) {
  const auto json = json::ParseJson(text);
  EXPECT_TRUE(json.ok()) << text;
  return PolicyFromJson(*json);
}

base::Error ErrorOf(std::string_view text) {
  const auto policy = Parse(text);
  EXPECT_FALSE(policy.ok()) << text;
  return policy.ok() ? base::Error{} : policy.error();
}

model::Manifest Classifier() {
  model::Manifest manifest;
  manifest.task = model::Task::kClassification;
  manifest.labels = std::vector<std::int64_t>{0, 1, 2};
  manifest.output_roles = {{"label", model::OutputRole::kLabel}};
  return manifest;
}

TEST(Policy, ReadsTheWholeDocument) {
  const auto policy = Parse(R"({
    "metrics": {"accuracy": {"min": 0.9}, "f1[2]": {"min": 0.5}, "log_loss": {"max": 1}},
    "minimum_rows": 50,
    "beats_naive": {"min_gain": 0.1, "metrics": ["f1_macro"]},
    "compare": {"accuracy": {"max_drop": 0.01}, "log_loss": {"max_rise": 0.1},
                "f1_macro": {"min_gain": 0}}})");
  ASSERT_TRUE(policy.ok()) << policy.error().message;
  EXPECT_EQ(policy->metrics.at("accuracy").min, 0.9);
  EXPECT_EQ(policy->metrics.at("log_loss").max, 1);
  EXPECT_EQ(policy->minimum_rows, 50u);
  EXPECT_EQ(policy->beats_naive->min_gain, 0.1);
  EXPECT_EQ(policy->compare.at("accuracy").max_loss, 0.01);
  EXPECT_EQ(policy->compare.at("log_loss").max_loss, 0.1);
  EXPECT_EQ(policy->compare.at("f1_macro").min_gain, 0);
}

TEST(Policy, SurvivesTheWayThroughItsCanonicalText) {
  const auto policy = Parse(R"({
    "compare": {"rmse": {"max_rise": 2}, "r2": {"min_gain": 0.5}}, "beats_naive": true,
    "minimum_rows": 7, "metrics": {"rmse": {"max": 60, "min": 1, "force_direction": true}}})");
  ASSERT_TRUE(policy.ok()) << policy.error().message;
  const auto again = Parse(policy->CanonicalText());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, *policy);
  EXPECT_EQ(again->digest(), policy->digest());
}

TEST(Policy, HasTheSameDigestWhateverTheOrderAndSpelling) {
  const auto one = Parse(R"({"metrics": {"accuracy": {"min": 0.9}, "f1_macro": {"min": 0.80}}})");
  const auto two = Parse(R"({"metrics": {"f1_macro": {"min": 8e-1}, "accuracy": {"min": 0.9}}})");
  const auto three = Parse(R"({"metrics": {"f1_macro": {"min": 0.81}, "accuracy": {"min": 0.9}}})");
  EXPECT_EQ(one->digest(), two->digest());
  EXPECT_NE(one->digest(), three->digest());
}

TEST(Policy, ProposesTheNearestMetric) {
  EXPECT_EQ(ErrorOf(R"({"metrics": {"acuracy": {"min": 0.9}}})").message,
            "policy: metrics.acuracy: there is no metric 'acuracy'; did you mean 'accuracy'?");
  EXPECT_THAT(ErrorOf(R"({"compare": {"recall_marco": {"max_drop": 0}}})").message,
              HasSubstr("did you mean 'recall_macro'?"));
  EXPECT_THAT(ErrorOf(R"({"metrics": {"f1": {"min": 0.9}}})").message,
              HasSubstr("does not say which average"));
  EXPECT_THAT(ErrorOf(R"({"metric": {}})").message, HasSubstr("did you mean 'metrics'?"));
}

TEST(Policy, RefusesBoundsThatContradict) {
  EXPECT_THAT(
      ErrorOf(R"({"metrics": {"accuracy": {"min": 0.9, "max": 0.8, "force_direction": true}}})")
          .message,
      HasSubstr("min 0.9 is above max 0.8"));
  EXPECT_THAT(ErrorOf(R"({"metrics": {"accuracy": {"min": 90}}})").message,
              HasSubstr("90 can never be reached: accuracy is at most 1"));
  EXPECT_THAT(ErrorOf(R"({"metrics": {"rmse": {"max": -1}}})").message,
              HasSubstr("rmse is at least 0"));
  EXPECT_THAT(ErrorOf(R"({"metrics": {"accuracy": {}}})").message, HasSubstr("min or a max"));
}

TEST(Policy, RefusesBoundsAgainstTheDirectionUnlessForced) {
  const base::Error error = ErrorOf(R"({"metrics": {"accuracy": {"max": 0.9}}})");
  EXPECT_THAT(error.message, HasSubstr("against the metric's direction: higher is better"));
  EXPECT_EQ(error.details[0].path, "metrics.accuracy.max");
  EXPECT_THAT(ErrorOf(R"({"metrics": {"rmse": {"min": 0.9}}})").message,
              HasSubstr("lower is better"));
  EXPECT_TRUE(Parse(R"({"metrics": {"accuracy": {"max": 0.9, "force_direction": true}}})").ok());
  EXPECT_THAT(ErrorOf(R"({"compare": {"rmse": {"max_drop": 1}}})").message,
              HasSubstr("use max_rise"));
}

TEST(Policy, RefusesBoundsThatEveryModelMeets) {
  EXPECT_THAT(ErrorOf(R"({"metrics": {"accuracy": {"min": 0}}})").message,
              HasSubstr("metrics.accuracy.min: 0 asks for nothing: accuracy is at least 0"));
  EXPECT_THAT(ErrorOf(R"({"metrics": {"f1[2]": {"min": -1}}})").message,
              HasSubstr("asks for nothing"));
  EXPECT_THAT(ErrorOf(R"({"metrics": {"accuracy": {"max": 1, "force_direction": true}}})").message,
              HasSubstr("accuracy is at most 1"));
  EXPECT_THAT(ErrorOf(R"({"metrics": {"r2": {"max": 1, "force_direction": true}}})").message,
              HasSubstr("r2 is at most 1"));
  EXPECT_THAT(ErrorOf(R"({"compare": {"accuracy": {"max_drop": 1}}})").message,
              HasSubstr("compare.accuracy.max_drop: 1 asks for nothing"));
  EXPECT_TRUE(Parse(R"({"metrics": {"r2": {"min": 0}}, "compare": {"rmse": {"max_rise": 9}}})"));
}

TEST(Policy, ReadsTheLevelsOfItsTests) {
  const auto policy = Parse(R"({"beats_naive": {"level": 0.01},
                                "compare": {"accuracy": {"max_drop": 0.02, "level": 0.1}}})");
  ASSERT_TRUE(policy.ok()) << policy.error().message;
  EXPECT_EQ(policy->beats_naive->level, 0.01);
  EXPECT_EQ(policy->compare.at("accuracy").level, 0.1);
  EXPECT_EQ(*PolicyFromJson(ToJson(*policy)), *policy);
  EXPECT_EQ(Parse(R"({"beats_naive": true})")->beats_naive->level, kDefaultLevel);
  for (const char* text : {R"({"beats_naive": {"level": 0.5}})", R"({"beats_naive": {"level": 0}})",
                           R"({"beats_naive": {"level": "0.05"}})",
                           R"({"compare": {"f1_macro": {"max_drop": 0.1, "level": 0.05}}})",
                           R"({"compare": {"accuracy": {"min_gain": 0.1, "level": 0.05}}})",
                           R"({"compare": {"accuracy": {"max_drop": 0, "level": 0.05}}})"}) {
    EXPECT_EQ(ErrorOf(text).code, base::Code::kInvalid) << text;
  }
}

TEST(Policy, RefusesWrongTypes) {
  for (const char* text :
       {"[]", R"({"metrics": []})", R"({"metrics": {"accuracy": 0.9}})",
        R"({"metrics": {"accuracy": {"min": "0.9"}}})", R"({"minimum_rows": 0})",
        R"({"minimum_rows": 1.5})", R"({"beats_naive": 1})", R"({"beats_naive": {"min_gain": -1}})",
        R"({"beats_naive": {"metrics": []}})", R"({"beats_naive": {"metrics": ["log_loss"]}})",
        R"({"compare": {"accuracy": {}}})", R"({"compare": {"accuracy": {"max_drop": -0.1}}})",
        R"({"compare": {"accuracy": {"max_drop": 0.1, "min_gain": 0}}})"}) {
    EXPECT_EQ(ErrorOf(text).code, base::Code::kInvalid) << text;
  }
}

TEST(Policy, RefusesADocumentThatAsksForNothing) {
  for (const char* text :
       {"{}", R"({"metrics": {}})", R"({"minimum_rows": 5})", R"({"beats_naive": false})"}) {
    EXPECT_THAT(ErrorOf(text).message, HasSubstr("asks for nothing")) << text;
  }
}

TEST(Policy, ListsEveryProblem) {
  const base::Error error =
      ErrorOf(R"({"metrics": {"acc": {"min": 1}, "rmse": {"min": 1}}, "rows": 3})");
  EXPECT_EQ(error.details.size(), 3u);
}

TEST(Policy, IsCheckedAgainstTheModelBeforeAnythingRuns) {
  const auto lint = [](const char* text, const model::Manifest& manifest) {
    return LintPolicy(*Parse(text), manifest);
  };
  const model::Manifest manifest = Classifier();
  EXPECT_TRUE(lint(R"({"metrics": {"accuracy": {"min": 0.9}, "f1[2]": {"min": 0.9}}})", manifest));
  EXPECT_THAT(lint(R"({"metrics": {"rmse": {"max": 9}}})", manifest).error().message,
              HasSubstr("is a metric of regression; the model's task is classification"));
  EXPECT_THAT(lint(R"({"metrics": {"f1[7]": {"min": 0.9}}})", manifest).error().message,
              HasSubstr("the model has no label '7'; its labels: 0, 1, 2"));
  EXPECT_THAT(lint(R"({"metrics": {"f1[2.0]": {"min": 0.9}}})", manifest).error().message,
              HasSubstr("write the label as 2"));
  EXPECT_THAT(lint(R"({"compare": {"f1_binary": {"max_drop": 0}}})", manifest).error().message,
              HasSubstr("is for two labels; the model has 3"));
  EXPECT_THAT(lint(R"({"metrics": {"log_loss": {"max": 1}}})", manifest).error().message,
              HasSubstr("gives no probabilities"));
  EXPECT_FALSE(lint(R"({"beats_naive": {"metrics": ["r2"]}})", manifest));
}

TEST(Policy, AsksForSomethingEvenByDefault) {
  for (const auto task : {model::Task::kClassification, model::Task::kRegression}) {
    const Policy policy = DefaultPolicy(task);
    EXPECT_TRUE(policy.has_absolute_gate());
    EXPECT_EQ(policy.minimum_rows, kDefaultMinimumRows);
    model::Manifest manifest = Classifier();
    manifest.task = task;
    EXPECT_TRUE(LintPolicy(policy, manifest));
    EXPECT_EQ(*PolicyFromJson(ToJson(policy)), policy);
  }
}

}  // namespace
}  // namespace moorage::evaluation
