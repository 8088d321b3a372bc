#include "domain/evaluation/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "domain/evaluation/testing/fake_model.h"
#include "foundation/base/testing/fake_clock.h"

namespace moorage::evaluation {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;

// Labels 1, 0, 0, 1; the model answers 1, 0, 1, 1.
constexpr const char* kRows = "1,1,1\n0,0,0\n0.5,0.75,0\n0.25,0.75,1\n";

TEST(Evaluate, MeasuresAClassifier) {
  FakeModel fake;
  const base::FakeClock clock;
  const auto result = Evaluate(fake.session(), fake.manifest(), *fake.Read(kRows), clock);
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->rows, 4u);
  EXPECT_EQ(result->metrics.Find("accuracy"), 0.75);
  EXPECT_EQ(result->metrics.Find("balanced_accuracy"), 0.75);
  EXPECT_THAT(*result->metrics.Find("precision_binary"), DoubleNear(2.0 / 3, 1e-15));
  EXPECT_EQ(result->metrics.Find("recall[1]"), 1);
  EXPECT_EQ(result->metrics.Find("recall[0]"), 0.5);
  EXPECT_GT(*result->metrics.Find("log_loss"), 0);
  EXPECT_THAT(result->classification.y_pred, ElementsAre(1, 0, 1, 1));
  EXPECT_EQ(result->classification.matrix->at(0, 1), 1u);
  EXPECT_EQ(result->classification.per_class[1].support, 2u);
}

TEST(Evaluate, MeasuresTheModelThatKnowsNothing) {
  FakeModel fake;
  const base::FakeClock clock;
  const auto result =
      Evaluate(fake.session(), fake.manifest(), *fake.Read("1,1,1\n0,0,0\n1,1,1\n1,1,1\n"), clock);
  EXPECT_EQ(result->naive.Find("accuracy"), 0.75);
  EXPECT_THAT(*result->naive.Find("f1_macro"), DoubleNear(3.0 / 7, 1e-15));
  EXPECT_EQ(result->metrics.Find("accuracy"), 1);
}

TEST(Evaluate, GivesTheFirstRowsAsASample) {
  FakeModel fake;
  const base::FakeClock clock;
  const auto result = Evaluate(fake.session(), fake.manifest(), *fake.Read(kRows), clock,
                               {.sample_rows = 3, .positive_label = std::nullopt});
  ASSERT_EQ(result->sample.size(), 3u);
  EXPECT_EQ(result->sample[2].row, 3u);
  EXPECT_EQ(result->sample[2].target, "0");
  EXPECT_EQ(result->sample[2].prediction, 1);
  EXPECT_THAT(result->sample[2].probabilities, ElementsAre(0.375, 0.625));
  EXPECT_EQ(result->sample[2].confidence, 0.625);
}

TEST(Evaluate, GivesTheSameMetricsForEveryBatchSize) {
  for (const std::size_t batch_size : {1U, 2U, 3U, 4U, 100U}) {
    FakeModel fake;
    const base::FakeClock clock;
    std::vector<std::pair<std::size_t, std::size_t>> heard;
    EvaluateOptions options;
    options.score = {
        .batch_size = batch_size,
        .progress = [&](std::size_t done, std::size_t total) { heard.emplace_back(done, total); }};
    const auto result =
        Evaluate(fake.session(), fake.manifest(), *fake.Read(kRows), clock, options);
    EXPECT_EQ(result->metrics.Find("accuracy"), 0.75);
    EXPECT_EQ(heard.size(), (4 + batch_size - 1) / batch_size);
    EXPECT_EQ(heard.back(), std::pair(std::size_t{4}, std::size_t{4}));
  }
}

TEST(Evaluate, MeasuresTheTimeOfTheRuns) {
  FakeModel fake;
  base::FakeClock clock;
  EvaluateOptions options;
  options.score = {.batch_size = 2, .progress = [&](std::size_t, std::size_t) {
                     clock.Advance(std::chrono::milliseconds(250));
                   }};
  const auto result = Evaluate(fake.session(), fake.manifest(), *fake.Read(kRows), clock, options);
  EXPECT_EQ(result->duration, std::chrono::milliseconds(500));
  EXPECT_EQ(result->rows_per_second(), 8);
}

TEST(Evaluate, TakesThePositiveLabelThatIsAskedFor) {
  FakeModel fake;
  const base::FakeClock clock;
  EvaluateOptions options;
  options.positive_label = "0";
  const auto result = Evaluate(fake.session(), fake.manifest(), *fake.Read(kRows), clock, options);
  EXPECT_EQ(result->metrics.Find("recall_binary"), 0.5);
  options.positive_label = "2";
  EXPECT_THAT(
      Evaluate(fake.session(), fake.manifest(), *fake.Read(kRows), clock, options).error().message,
      HasSubstr("positive label '2': the model's labels are 0, 1"));
}

TEST(Evaluate, ReadsIntegerLabelsInEveryNotation) {
  FakeModel fake;
  const base::FakeClock clock;
  const auto result =
      Evaluate(fake.session(), fake.manifest(), *fake.Read("1,1,1.0\n0,0,0\n"), clock);
  EXPECT_EQ(result->metrics.Find("accuracy"), 1);
}

TEST(Evaluate, CountsInvalidAnswersAndThenMeasuresNothing) {
  FakeModel fake;
  fake.manifest().labels = std::vector<std::int64_t>{0, 2};  // the model also answers 1
  const base::FakeClock clock;
  const auto result =
      Evaluate(fake.session(), fake.manifest(), *fake.Read("1,1,2\n0,0,0\n1,1,2\n"), clock);
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->invalid_rows, 2u);
  ASSERT_EQ(result->invalid.size(), 2u);
  EXPECT_EQ(result->invalid[1].row, 3u);
  EXPECT_TRUE(result->metrics.empty());
  EXPECT_TRUE(result->classification.y_pred.empty());
}

TEST(Evaluate, SaysWhichRowsAFailingRunWasAbout) {
  FakeModel fake;
  fake.script().FailOnFirstFeature(0.5F);
  const base::FakeClock clock;
  EvaluateOptions options;
  options.score.batch_size = 2;
  const auto result = Evaluate(fake.session(), fake.manifest(), *fake.Read(kRows), clock, options);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, base::Code::kInternal);
  EXPECT_THAT(result.error().message, HasSubstr("rows 3 to 4"));
}

TEST(Evaluate, RefusesWhatCannotBeCompared) {
  FakeModel fake;
  const base::FakeClock clock;
  const auto without = Dataset::FromCsv("a,b\n1,2\n", fake.manifest(), {});
  EXPECT_EQ(Evaluate(fake.session(), fake.manifest(), *without, clock).error().code,
            base::Code::kInvalid);
  const auto dataset = fake.Read(kRows);
  model::Manifest other = fake.manifest();
  other.task = model::Task::kOther;
  EXPECT_EQ(Evaluate(fake.session(), other, *dataset, clock).error().code,
            base::Code::kUnsupported);
  other.task = model::Task::kClassification;
  other.labels = {};
  EXPECT_THAT(Evaluate(fake.session(), other, *dataset, clock).error().message,
              HasSubstr("list of its labels"));
}

TEST(AModel, WithoutATaskOrLabelsCannotBeMeasuredAndTheErrorNamesWhatMendsIt) {
  model::Manifest manifest;
  manifest.task = model::Task::kOther;
  EXPECT_EQ(CheckMeasurable(manifest).error().remedy, base::Remedy{base::RemedyKind::kNameTask});
  manifest.task = model::Task::kClassification;
  EXPECT_EQ(CheckMeasurable(manifest).error().remedy, base::Remedy{base::RemedyKind::kListLabels});
  manifest.labels = std::vector<std::int64_t>{-1, 1};
  EXPECT_TRUE(CheckMeasurable(manifest).ok());
  manifest.task = model::Task::kRegression;
  manifest.labels = {};
  EXPECT_TRUE(CheckMeasurable(manifest).ok());
}

}  // namespace
}  // namespace moorage::evaluation
