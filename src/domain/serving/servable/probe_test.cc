#include "domain/serving/servable/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/serving/servable/testing/fake_echo_session.h"
#include "domain/serving/servable/testing/fake_servable.h"
#include "domain/serving/servable/testing/fake_shared_clock.h"
#include "domain/serving/servable/testing/fake_timed_session.h"
#include "foundation/base/testing/fake_clock.h"

namespace moorage::servable {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using testing::HasSubstr;

ServableHandle Timed(runtime::FakeScript& script, FakeSharedClock& clock,
                     const FakeTimedSession::Time& time) {
  return MakeFakeServable(std::make_unique<FakeTimedSession>(script, clock, time), FakeManifest(),
                          {.batchable = false});
}

TEST(Probing, FindsTheFixedCostAndThatOfARow) {
  runtime::FakeScript script;
  FakeSharedClock clock;
  const ServableHandle servable =
      Timed(script, clock, {.fixed = microseconds(100), .per_row = microseconds(10)});
  const ProbeReport report = Probe(*servable, {.batch_size = 32}, clock);
  EXPECT_TRUE(report.batchable());
  EXPECT_EQ(report.note, "");
  EXPECT_EQ(report.cost.fixed, microseconds(100));
  EXPECT_EQ(report.cost.per_row, microseconds(10));
}

TEST(Probing, ABatchOfOneIsProbedWithOneAndTwoRowsOnly) {
  runtime::FakeScript script;
  FakeSharedClock clock;
  const ServableHandle servable = Timed(script, clock, {.fixed = microseconds(100), .per_row = {}});
  const ProbeReport report = Probe(*servable, {.batch_size = 1}, clock);
  EXPECT_EQ(report.cost.Of(1), microseconds(100));
  for (const std::size_t rows : script.batches()) EXPECT_LE(rows, 2U);
}

TEST(Probing, AModelThatIsSlowOnItsFirstRunOnlyIsMeasuredAsItIs) {
  // A first run of 60 ms, as when memory is first touched, then 1 ms each.
  class WarmingSession : public runtime::FakeSession {
   public:
    WarmingSession(runtime::FakeScript& script, FakeSharedClock& clock)
        : FakeSession(script, 3), script_(script), clock_(clock) {}
    base::Result<runtime::Outputs> Run(std::span<const model::TensorView> inputs,
                                       std::span<const std::size_t> wanted,
                                       runtime::RunControl* control) const override {
      clock_.Advance(script_.batches().empty() ? milliseconds(60) : milliseconds(1));
      return FakeSession::Run(inputs, wanted, control);
    }

   private:
    runtime::FakeScript& script_;
    FakeSharedClock& clock_;
  };
  runtime::FakeScript script;
  FakeSharedClock clock;
  const ServableHandle servable =
      MakeFakeServable(std::make_unique<WarmingSession>(script, clock), FakeManifest());
  const ProbeReport report = Probe(*servable, {.batch_size = 32}, clock);
  EXPECT_TRUE(report.batchable());
  EXPECT_EQ(report.cost.Of(1), milliseconds(1));
}

TEST(Probing, AModelThatAnswersNoRowIsExpensiveAndAlone) {
  class FailingSession : public runtime::FakeSession {
   public:
    explicit FailingSession(runtime::FakeScript& script) : FakeSession(script, 3) {}
    base::Result<runtime::Outputs> Run(std::span<const model::TensorView> /*inputs*/,
                                       std::span<const std::size_t> /*wanted*/,
                                       runtime::RunControl* /*control*/) const override {
      return base::Error{base::Code::kInternal, "the model failed: as told"};
    }
  };
  runtime::FakeScript script;
  const base::FakeClock clock;
  const ServableHandle servable =
      MakeFakeServable(std::make_unique<FailingSession>(script), FakeManifest());
  const ProbeReport report = Probe(*servable, {.batch_size = 32}, clock);
  EXPECT_FALSE(report.batchable());
  EXPECT_GE(report.cost.Of(1), milliseconds(1));
  EXPECT_THAT(report.note, HasSubstr("the trial run failed"));
  EXPECT_THAT(report.note, HasSubstr("as told"));
}

TEST(Probing, ARowThatTheModelRefusesDoesNotForbidSharedRuns) {
  runtime::FakeScript script;
  script.FailOnFirstFeature(0);  // the row of zeros
  const base::FakeClock clock;
  const ServableHandle servable = MakeFakeServable(
      std::make_unique<runtime::FakeSession>(script, 3), FakeManifest(), {.batchable = false});
  EXPECT_TRUE(Probe(*servable, {.batch_size = 32}, clock).batchable());
}

TEST(Probing, AModelWhoseRunsAreTooLongToCompareIsNotShared) {
  runtime::FakeScript script;
  FakeSharedClock clock;
  const ServableHandle servable =
      Timed(script, clock, {.fixed = milliseconds(10), .per_row = milliseconds(300)});
  const ProbeReport report = Probe(*servable, {.batch_size = 32}, clock);
  EXPECT_EQ(report.sharing, RowSharing::kUnproved);
  EXPECT_THAT(report.note, HasSubstr("take too long to compare"));
  EXPECT_EQ(report.cost.Of(1), milliseconds(310));
  EXPECT_LE(script.batches().size(), 12U);
}

TEST(Probing, OutputsThatDoNotFollowTheRowsForbidSharedRuns) {
  const base::FakeClock clock;
  auto session = std::make_unique<FakeEchoSession>();
  session->AnswerOnlyTheFirstRow();
  const ServableHandle servable = MakeFakeServable(
      std::move(session), EchoManifest(FakeEchoSession().signature()), {.batchable = false});
  const ProbeReport report = Probe(*servable, {.batch_size = 32}, clock);
  EXPECT_FALSE(report.batchable());
  EXPECT_THAT(report.note, HasSubstr("has shape [1,2] for 2 rows"));
}

TEST(Probing, AFixedFirstDimensionIsFilledUp) {
  const FakeSharedClock clock(milliseconds(4));
  auto session = std::make_unique<FakeEchoSession>(4);
  const FakeEchoSession& echo = *session;
  const ServableHandle servable =
      MakeFakeServable(std::move(session), EchoManifest(echo.signature()), {.batchable = false});
  const ProbeReport report = Probe(*servable, {.batch_size = 32}, clock);
  EXPECT_FALSE(report.batchable());
  EXPECT_EQ(report.note, "");
  EXPECT_EQ(report.cost.per_row, milliseconds(1));
}

}  // namespace
}  // namespace moorage::servable
