#include "domain/serving/servable/load_servable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/serving/servable/testing/fake_servable.h"
#include "domain/serving/servable/testing/fake_shared_clock.h"
#include "foundation/base/testing/fake_clock.h"
#include "platform/runtime/testing/fake_backend.h"

namespace moorage::servable {
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

TEST_F(Load, AModelThatFailsItsTrialRunIsServedAsExpensive) {
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

}  // namespace
}  // namespace moorage::servable
