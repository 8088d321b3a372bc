#include "domain/serving/servable/prober.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/serving/servable/testing/row_models.h"

namespace moorage::servable {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(AProberInThisProcess, ReportsOnAnArtifactAndSaysWhatItRuns) {
  std::vector<std::string> steps;
  ProberHere prober(RowModelBackend(), base::SystemClock::Get(), 8,
                    [&steps](std::string_view step) { steps.emplace_back(step); });
  const model::Artifact artifact = RowModelArtifact("rows/classifier.onnx");
  EXPECT_TRUE(prober.TryOpen(artifact, {}).ok());
  const auto report = prober.Probe({.artifact = artifact});
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_TRUE(report->batchable());
  EXPECT_EQ(report->batch_size, 8U);
  EXPECT_EQ(report->output_row, 8 + 3 * sizeof(float));
  EXPECT_FALSE(report->quarantined());
  ASSERT_EQ(report->outputs.size(), 2U);
  EXPECT_EQ(report->outputs[1].name, "probabilities");
  EXPECT_NEAR(report->outputs[1].lowest_sum, 1, 1e-5);
  EXPECT_NEAR(report->outputs[1].highest_sum, 1, 1e-5);
  EXPECT_EQ(steps.front(), "the opening of its graph");
  EXPECT_THAT(steps, Contains("a run of one row of zeros"));
  EXPECT_THAT(steps, Contains("a run of several rows"));
}

TEST(AProberInThisProcess, MeasuresAFreeInnerDimensionAtTwoSizes) {
  ProberHere prober(RowModelBackend(), base::SystemClock::Get(), 8);
  const auto report = prober.Probe({.artifact = RowModelArtifact("rows/sequence_softmax.onnx")});
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_THAT(report->data_dependent, Contains("input 'input' has a free inner dimension"));
  EXPECT_EQ(report->costs.front().elements, 4U);
  EXPECT_EQ(report->costs.back().elements, 256U);
}

TEST(AProberInThisProcess, ReturnsTheErrorOfBytesThatAreNoModel) {
  ProberHere prober(RowModelBackend(), base::SystemClock::Get(), 8);
  const model::Artifact text = RowModelArtifact("models/text.onnx");
  EXPECT_EQ(prober.TryOpen(text, {}).error().code, base::Code::kInvalid);
  EXPECT_EQ(prober.Probe({.artifact = text}).error().code, base::Code::kInvalid);
}

TEST(AReportsKey, NamesEngineTrialAndProcessor) {
  const ProbeKey key = ProbeKey::Of(RowModelBackend());
  EXPECT_THAT(key.engine, HasSubstr("onnxruntime "));
  EXPECT_THAT(key.engine, HasSubstr(", trial 2"));
  EXPECT_FALSE(key.processor.empty());
  EXPECT_EQ(key, ProbeKey::Of(RowModelBackend()));
}

}  // namespace
}  // namespace moorage::servable
