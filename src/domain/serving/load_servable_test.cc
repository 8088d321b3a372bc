#include "domain/serving/load_servable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/serving/testing/example_artifact.h"
#include "domain/serving/testing/fake_servable.h"
#include "domain/serving/testing/fake_shared_clock.h"
#include "domain/serving/testing/lane_rig.h"
#include "foundation/base/testing/fake_clock.h"
#include "platform/runtime/onnx/onnx_backend.h"
#include "platform/runtime/testing/fake_backend.h"

namespace moorage::serving {
namespace {

using base::Code;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

class Load : public testing::Test {
 protected:
  base::Result<LoadedServable> LoadFake(const base::Clock& clock, std::size_t batch_size = 32) {
    runtime::FakeBackend backend(script_);
    model::Artifact artifact;
    artifact.digest = model::DigestOf("fake");
    artifact.manifest = manifest_;
    return ServableLoader(backend, clock, batch_size)
        .Load(model::ModelName("fake"), *model::SemVer::Parse("1.0.0"), artifact, 7);
  }

  runtime::FakeScript script_;
  model::Manifest manifest_ = FakeManifest();
  base::FakeClock clock_;
};

TEST_F(Load, KnowsHowRowsFillTheModelAndHowItsOutputsRead) {
  const auto loaded = LoadFake(clock_);
  ASSERT_TRUE(loaded.ok());
  const Servable& servable = *loaded->servable;
  EXPECT_EQ(servable.id, 7U);
  EXPECT_EQ(servable.layout->features(), 3U);
  EXPECT_EQ(servable.reader->task(), model::Task::kClassification);
  EXPECT_TRUE(servable.batchable);
  EXPECT_EQ(loaded->note, "");
}

TEST_F(Load, ProbesOneTwoEightAndAFullBatch) {
  ASSERT_TRUE(LoadFake(clock_, 16).ok());
  const std::vector<std::size_t> batches = script_.batches();
  EXPECT_THAT(batches, testing::Contains(2U));
  EXPECT_THAT(batches, testing::Contains(8U));
  EXPECT_THAT(batches, testing::Contains(16U));
  EXPECT_LE(batches.size(), 30U);
}

TEST_F(Load, AModelWhoseRunsTakeLongIsNotProbedFurther) {
  const FakeSharedClock slow(milliseconds(60));
  const auto loaded = LoadFake(slow);
  ASSERT_TRUE(loaded.ok());
  EXPECT_THAT(script_.batches(), ElementsAre(1U, 1U, 2U));
  EXPECT_TRUE(loaded->servable->batchable);
  EXPECT_EQ(loaded->servable->cost.Of(1), milliseconds(60));
  EXPECT_EQ(loaded->servable->cost.Of(4), milliseconds(240));
}

TEST_F(Load, TheRepetitionsStayWithinTheirBudget) {
  const FakeSharedClock slow(milliseconds(20));
  const auto loaded = LoadFake(slow);
  ASSERT_TRUE(loaded.ok());
  EXPECT_LE(script_.batches().size(), 6U);
  EXPECT_EQ(loaded->servable->cost.Of(1), milliseconds(20));
}

TEST_F(Load, AModelThatFailsItsTrialRunIsServedAsDear) {
  script_.FailOnFirstFeature(0);
  const auto loaded = LoadFake(clock_);
  ASSERT_TRUE(loaded.ok());
  EXPECT_FALSE(loaded->servable->batchable);
  EXPECT_GE(loaded->servable->cost.Of(1), milliseconds(1));
  EXPECT_THAT(loaded->note, HasSubstr("the trial run failed"));
}

TEST_F(Load, TheFirstGoldenRequestIsTheTrialRow) {
  script_.FailOnFirstFeature(0);
  manifest_.golden.resize(1);
  manifest_.golden[0].features = {0.5, 0.25, 0.125};
  const auto loaded = LoadFake(clock_);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->note, "");
  EXPECT_TRUE(loaded->servable->batchable);
}

TEST_F(Load, AnOpenThatFailsIsTheError) {
  script_.FailOpen(base::Error{Code::kInvalid, "a pickle"});
  const auto loaded = LoadFake(clock_);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().message, "a pickle");
}

TEST_F(Load, AManifestOfAnotherModelIsInvalid) {
  manifest_.signature.inputs[0].type = model::DataType::kFp64;
  const auto loaded = LoadFake(clock_);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, Code::kInvalid);
  EXPECT_EQ(loaded.error().message,
            "the manifest does not describe this model: input 'input' (FP64) where it has 'input' "
            "(FP32)");
}

// The example models, through ONNX Runtime and the lane: the golden answers of their own metadata.
class Examples : public testing::TestWithParam<const char*> {};

TEST_P(Examples, AnswerTheirGoldenRequestsInOneSharedRun) {
  const base::Clock& clock = base::SystemClock::Get();
  runtime::OnnxBackend backend;
  const auto artifact = ExampleArtifact(GetParam(), backend);
  ASSERT_TRUE(artifact.ok()) << artifact.error().message;
  auto loaded =
      ServableLoader(backend, clock, 32)
          .Load(model::ModelName(GetParam()), *model::SemVer::Parse("1.0.0"), *artifact, 1);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(loaded->note, "");
  EXPECT_TRUE(loaded->servable->batchable);
  const ServableHandle servable = std::move(loaded->servable);
  const std::vector<model::GoldenRequest>& golden = servable->manifest.golden;
  ASSERT_FALSE(golden.empty());

  LaneRig rig(clock);
  std::vector<base::Status> checks(golden.size(), base::Error{Code::kInternal, "not answered"});
  for (std::size_t i = 0; i < golden.size(); ++i) {
    auto rows = rig.lane().OpenRows(servable);
    ASSERT_TRUE(rows.ok());
    const auto row = rows->Add();
    ASSERT_TRUE(row.ok());
    const base::Status stored =
        model::StoreJsonRow(*servable->layout, *row, golden[i].features, "features");
    ASSERT_TRUE(stored.ok()) << stored.error().message;
    rig.lane().Submit(std::move(*rows), {}, [&, i](const base::Result<InferAnswer>& answer) {
      model::PredictionReader::Scratch scratch;
      if (!answer.ok()) {
        checks[i] = answer.error();
        return;
      }
      const auto prediction = servable->reader->Read(answer->outputs, answer->first_row, scratch);
      checks[i] = prediction.ok() ? model::CompareGolden(golden[i], *prediction)
                                  : base::Status(prediction.error());
    });
  }
  rig.lane().EndTick();
  rig.CollectUntilIdle();
  for (const base::Status& check : checks) EXPECT_TRUE(check.ok()) << check.error().message;
}

INSTANTIATE_TEST_SUITE_P(All, Examples, testing::Values("cancer", "digits", "wine", "diabetes"));

}  // namespace
}  // namespace moorage::serving
