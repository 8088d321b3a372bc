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
  const ProbeReport report = Probe(*servable, 32, clock);
  EXPECT_TRUE(report.batchable);
  EXPECT_EQ(report.note, "");
  EXPECT_EQ(report.cost.fixed, microseconds(100));
  EXPECT_EQ(report.cost.per_row, microseconds(10));
}

TEST(Probing, ABatchOfOneIsProbedWithOneAndTwoRowsOnly) {
  runtime::FakeScript script;
  FakeSharedClock clock;
  const ServableHandle servable = Timed(script, clock, {.fixed = microseconds(100), .per_row = {}});
  const ProbeReport report = Probe(*servable, 1, clock);
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
  const ProbeReport report = Probe(*servable, 32, clock);
  EXPECT_TRUE(report.batchable);
  EXPECT_EQ(report.cost.Of(1), milliseconds(1));
}

TEST(Probing, OutputsThatDoNotFollowTheRowsForbidSharedRuns) {
  const base::FakeClock clock;
  auto session = std::make_unique<FakeEchoSession>();
  session->AnswerOnlyTheFirstRow();
  const ServableHandle servable = MakeFakeServable(
      std::move(session), EchoManifest(FakeEchoSession().signature()), {.batchable = false});
  const ProbeReport report = Probe(*servable, 32, clock);
  EXPECT_FALSE(report.batchable);
  EXPECT_THAT(report.note, HasSubstr("do not follow the rows"));
}

TEST(Probing, AFixedFirstDimensionIsFilledUp) {
  const FakeSharedClock clock(milliseconds(4));
  auto session = std::make_unique<FakeEchoSession>(4);
  const FakeEchoSession& echo = *session;
  const ServableHandle servable =
      MakeFakeServable(std::move(session), EchoManifest(echo.signature()), {.batchable = false});
  const ProbeReport report = Probe(*servable, 32, clock);
  EXPECT_FALSE(report.batchable);
  EXPECT_EQ(report.note, "");
  EXPECT_EQ(report.cost.per_row, milliseconds(1));
}

}  // namespace
}  // namespace moorage::servable
