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
}

TEST_F(Load, NotesWhatContradictsTheManifestAndServesTheVersion) {
  const auto loaded = LoadFake(clock_);
  ASSERT_TRUE(loaded.ok());
  EXPECT_THAT(loaded->note, HasSubstr("output 'probabilities' of a row of "));
  EXPECT_THAT(loaded->note, HasSubstr("outside 0 to 1"));
  EXPECT_TRUE(loaded->servable->probe.refuted());
}

TEST_F(Load, ProbesOneTwoThreeEightAndAFullBatch) {
  ASSERT_TRUE(LoadFake(clock_, 16).ok());
  for (const std::size_t rows : {1U, 2U, 3U, 8U, 16U}) {
    EXPECT_THAT(script_.batches(), testing::Contains(rows));
  }
}

TEST_F(Load, ARunThatTakesLongIsTriedAFewTimesOnly) {
  const FakeSharedClock slow(milliseconds(600));
  const auto loaded = LoadFake(slow);
  ASSERT_TRUE(loaded.ok());
  EXPECT_LE(script_.batches().size(), 8U);
  EXPECT_FALSE(loaded->servable->batchable);
  EXPECT_EQ(loaded->servable->cost.Of(1), milliseconds(600));
  EXPECT_THAT(loaded->note, HasSubstr("take too long"));
}

TEST_F(Load, ByAReportMakesNoTrialRuns) {
  runtime::FakeBackend backend(script_);
  model::Artifact artifact;
  artifact.manifest = manifest_;
  ProbeReport report;
  report.sharing = RowSharing::kProved;
  report.cost.per_row = std::chrono::microseconds(3);
  report.note = "as before";
  const ServableLoader loader(backend, clock_, 32);
  const LoadRequest request{.name = model::ModelName("fake"),
                            .version = *model::SemVer::Parse("1.0.0"),
                            .artifact = artifact,
                            .id = 7};
  const auto loaded = loader.Load(request, report);
  ASSERT_TRUE(loaded.ok());
  EXPECT_TRUE(loaded->servable->batchable);
  EXPECT_EQ(loaded->servable->cost.Of(2), std::chrono::microseconds(6));
  EXPECT_EQ(loaded->note, "as before");
  EXPECT_EQ(loaded->servable->probe, report);
  EXPECT_THAT(script_.batches(), ElementsAre(1U)) << "one run to warm up";
}

TEST_F(Load, OfAnArtifactInQuarantineIsRefusedWithoutBeingOpened) {
  runtime::FakeBackend backend(script_);
  script_.FailOpen(base::Error{Code::kInternal, "it was opened"});
  model::Artifact artifact;
  artifact.manifest = manifest_;
  ProbeReport report;
  report.end = ProbeEnd::kSignal;
  report.end_detail = "ended by signal 8 (SIGFPE) in a run of one row of zeros";
  const auto loaded = ServableLoader(backend, clock_, 32)
                          .Load({.name = model::ModelName("fake"),
                                 .version = *model::SemVer::Parse("1.0.0"),
                                 .artifact = artifact,
                                 .id = 7},
                                report);
  ASSERT_FALSE(loaded.ok());
  EXPECT_THAT(loaded.error().message, HasSubstr("SIGFPE"));
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
