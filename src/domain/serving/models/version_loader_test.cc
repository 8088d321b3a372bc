#include "domain/serving/models/version_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/serving/models/testing/fake_model_source.h"
#include "domain/serving/servable/testing/fake_prober.h"
#include "domain/serving/servable/testing/fake_servable.h"
#include "foundation/base/testing/fake_clock.h"
#include "foundation/telemetry/log/testing/fake_log.h"

namespace moorage::models {
namespace {

using servable::ProbeReport;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Loader : public testing::Test {
 protected:
  static ProbeReport Report(std::size_t batch_size) {
    ProbeReport report;
    report.batch_size = batch_size;
    report.sharing = servable::RowSharing::kProved;
    return report;
  }
  base::Result<servable::LoadedServable> Load() {
    return loader_.Load(model::ModelName("cancer"), wanted_, 7, cancel_.token());
  }

  runtime::FakeScript script_;
  runtime::FakeBackend backend_{script_};
  base::FakeClock clock_;
  telemetry::FakeLog log_;
  FakeModelSource source_{servable::FakeManifest()};
  servable::FakeProber prober_;
  base::CancelSource cancel_;
  const WantedVersion wanted_{*model::SemVer::Parse("1.0.0"), model::DigestOf("bytes")};
  const VersionLoader loader_{{source_, backend_, prober_, clock_, log_}};
};

TEST_F(Loader, StoresTheReportSoThatTheNextLoadMakesNoTrial) {
  prober_.Return(Report(32));
  const auto loaded = Load();
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_TRUE(loaded->servable->batchable);
  EXPECT_EQ(loaded->servable->digest, wanted_.digest);
  ASSERT_TRUE(Load().ok());
  EXPECT_THAT(prober_.probed(), SizeIs(1));
  EXPECT_TRUE(log_.Says("loaded cancer@1.0.0"));
}

TEST_F(Loader, TriesAgainWhereTheReportIsAboutSmallerBatches) {
  source_.Keep(wanted_.digest, Report(8));
  ASSERT_TRUE(Load().ok());
  EXPECT_THAT(prober_.probed(), SizeIs(1));
}

TEST_F(Loader, NeverOpensAnArtifactInQuarantine) {
  ProbeReport ended = Report(0);
  ended.end = servable::ProbeEnd::kSignal;
  ended.end_detail = "ended by signal 8 (SIGFPE) in a run of one row of zeros";
  source_.Keep(wanted_.digest, ended);
  const auto loaded = Load();
  ASSERT_FALSE(loaded.ok());
  EXPECT_THAT(loaded.error().message, HasSubstr("SIGFPE"));
  EXPECT_THAT(prober_.probed(), IsEmpty());
  EXPECT_THAT(script_.batches(), IsEmpty());
}

TEST_F(Loader, GivesUpALoadThatTakesTooLong) {
  const VersionLoader loader(
      {source_, backend_, prober_, clock_, log_, std::chrono::milliseconds(300)});
  const auto load = [&] {
    return loader.Load(model::ModelName("cancer"), wanted_, 7, cancel_.token());
  };
  prober_.OnProbe([this] { clock_.Advance(std::chrono::milliseconds(200)); });
  ASSERT_TRUE(load().ok());
  EXPECT_EQ(prober_.limit(), std::chrono::milliseconds(300));
  const VersionLoader other(
      {source_, backend_, prober_, clock_, log_, std::chrono::milliseconds(100)});
  source_.Forget(wanted_.digest);
  const auto loaded = other.Load(model::ModelName("cancer"), wanted_, 7, cancel_.token());
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, base::Code::kDeadline);
  EXPECT_EQ(loaded.error().message, "it took longer than serving.load_timeout (100ms)");
}

TEST_F(Loader, StoresThatATrialWasEnded) {
  ProbeReport ended = Report(0);
  ended.end = servable::ProbeEnd::kProcessorTime;
  ended.end_detail = "computed for longer than 20 s";
  prober_.Return(ended);
  EXPECT_FALSE(Load().ok());
  EXPECT_FALSE(Load().ok());
  EXPECT_THAT(prober_.probed(), SizeIs(1));
}

TEST_F(Loader, DoesNotStoreATrialThatCouldNotBeMade) {
  prober_.Return(wanted_.digest, base::Error{base::Code::kUnavailable, "no process"});
  EXPECT_EQ(Load().error().code, base::Code::kUnavailable);
  EXPECT_EQ(Load().error().code, base::Code::kUnavailable);
  EXPECT_THAT(prober_.probed(), SizeIs(2));
}

TEST_F(Loader, OpensNothingWhenTheProcessEnds) {
  source_.Keep(wanted_.digest, Report(32));
  cancel_.Cancel(base::CancelReason::kShutdown);
  EXPECT_FALSE(Load().ok());
  EXPECT_THAT(script_.batches(), IsEmpty());
}

TEST_F(Loader, LogsTheNoteOfAReport) {
  ProbeReport report = Report(32);
  report.note = "requests do not share runs: as told";
  prober_.Return(report);
  ASSERT_TRUE(Load().ok());
  EXPECT_TRUE(log_.Says("cancer@1.0.0: requests do not share runs: as told"));
}

}  // namespace
}  // namespace moorage::models
