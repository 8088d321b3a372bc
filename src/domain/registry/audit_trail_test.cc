#include "domain/registry/audit_trail.h"

#include <gtest/gtest.h>

#include "domain/registry/testing/temporary_registry.h"

namespace moorage::registry {
namespace {

using base::Code;

class AuditTrailTest : public RegistryTest {};

TEST_F(AuditTrailTest, EveryMutationIsOneEventInTheOrderOfTheCommits) {
  Validated("1.0.0");
  Validated("2.0.0");
  ASSERT_TRUE(Promote("1.0.0").ok());
  ASSERT_TRUE(Promote("2.0.0").ok());
  ASSERT_TRUE(RollBack().ok());
  ASSERT_TRUE(registry().Delete(cancer_, Version("2.0.0"), "alice", "bad").ok());
  std::vector<std::string> verbs;
  std::int64_t id = 0;
  const std::vector<Event> events = EventsOf(registry());
  for (const Event& event : events) {
    EXPECT_EQ(event.id, ++id);
    verbs.push_back(event.verb);
  }
  EXPECT_EQ(verbs,
            (std::vector<std::string>{"reserve", "publish", "evidence", "reserve", "publish",
                                      "evidence", "promote", "promote", "rollback", "delete"}));
  EXPECT_EQ(registry().Generation().value(), id);
}

TEST_F(AuditTrailTest, TheAuditIsFilteredByModelTimeAndLimit) {
  Validated("1.0.0");
  const base::Time before = clock_.Now();
  ASSERT_TRUE(Push(registry(), "wine", "1.0.0", "grapes").ok());
  ASSERT_TRUE(Promote("1.0.0").ok());
  EXPECT_EQ(registry().Audit({})->size(), 6U);
  EXPECT_EQ(registry().Audit({.name = cancer_, .since = {}})->size(), 4U);
  EXPECT_EQ(registry().Audit({.name = {}, .since = before + std::chrono::seconds(1)})->size(), 1U);
  EXPECT_EQ(registry().Audit({.name = {}, .since = {}, .limit = 2})->front().verb, "promote");
}

TEST_F(AuditTrailTest, ASecondProgramSeesWhatTheFirstHasDone) {
  OpenRegistry other(directory_.path(), clock_);
  Validated("1.0.0");
  const std::int64_t seen = other->Generation().value();
  ASSERT_TRUE(Promote("1.0.0").ok());
  EXPECT_EQ(other->Generation().value(), seen + 1);
  EXPECT_EQ(EventsOf(*other).back().subject, "cancer@production");
  EXPECT_EQ(other->Resolve({.name = cancer_, .selector = production_})->version, Version("1.0.0"));
}

TEST_F(AuditTrailTest, ItsIdsGoOnWhereTheyWereAndItsTimeNeverRunsBack) {
  Pushed("1.0.0");  // two events
  const base::Time before = clock_.Now();
  clock_.Advance(-std::chrono::hours(1));  // the clock is set back
  const auto appended = store::InTransaction(
      registry_.database(), store::Access::kWrite,
      [&](store::Transaction& transaction) -> base::Result<base::Time> {
        ASSIGN_OR_RETURN(AuditTrail audit, AuditTrail::Open(transaction, clock_));
        for (const char* subject : {"first", "second"}) {
          RETURN_IF_ERROR(audit.Append("ada", "collect", "", subject, {{"n", 1}}));
        }
        return audit.now();
      });
  ASSERT_TRUE(appended.ok()) << appended.error().message;
  EXPECT_EQ(*appended, before);
  const std::vector<Event> events = EventsOf(registry());
  ASSERT_EQ(events.size(), 4U);
  const Event expected{.id = 3,
                       .at = before,
                       .actor = "ada",
                       .verb = "collect",
                       .model = "",
                       .subject = "first",
                       .details = R"({"n":1})"};
  EXPECT_EQ(events[2], expected);
  EXPECT_EQ(events[3].id, 4);
}

// One command under a clock ten years ahead would date every later one.
TEST_F(AuditTrailTest, AClockThatIsFarOffIsRefusedAndNotFollowed) {
  Pushed("1.0.0");
  for (const std::chrono::hours off : {std::chrono::hours(24 * 3650), std::chrono::hours(-25)}) {
    clock_.Advance(off);
    const auto refused = Push(registry(), "cancer", "1.1.0", "bytes");
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::kUnavailable);
    EXPECT_NE(refused.error().message.find("the clock of this machine says "), std::string::npos);
    clock_.Advance(-off);
  }
  EXPECT_TRUE(Push(registry(), "cancer", "1.1.0", "bytes").ok());
}

TEST_F(AuditTrailTest, AClockThatIsAcceptedHoldsFromThenOn) {
  Pushed("1.0.0");
  ASSERT_TRUE(registry().Reserve(cancer_, Version("3.0.0"), "killed", Takeover::kIfAbandoned).ok());
  clock_.Advance(-std::chrono::hours(24 * 3650));
  ASSERT_FALSE(Push(registry(), "cancer", "1.1.0", "bytes").ok());
  ASSERT_TRUE(registry().AcceptClock("ada").ok());
  EXPECT_EQ(EventsOf(registry()).back().verb, "clock");
  EXPECT_EQ(EventsOf(registry()).back().at, clock_.Now());
  EXPECT_TRUE(Push(registry(), "cancer", "1.1.0", "bytes").ok());
  EXPECT_TRUE(registry().Reserve(cancer_, Version("3.0.0"), "alive", Takeover::kIfAbandoned).ok())
      << "a reservation of the future is of a wrong clock";
}

TEST_F(AuditTrailTest, TimesAreStoredAsTheyArePrinted) {
  clock_.Advance(std::chrono::microseconds(678));
  Validated("1.0.0");
  ASSERT_TRUE(Promote("1.0.0").ok());
  const base::Time at = registry().History(cancer_, production_)->front().at;
  EXPECT_EQ(at.time_since_epoch().count() % 1000, 0);
  EXPECT_EQ(*registry().AliasAt(cancer_, production_, at), Version("1.0.0"));
  // A row of an older program has microseconds.
  ASSERT_TRUE(store::InTransaction(registry_.database(), store::Access::kWrite,
                                   [](store::Transaction& transaction) {
                                     return transaction.ExecuteScript(
                                         "UPDATE alias_moves SET moved_at = moved_at + 678");
                                   })
                  .ok());
  EXPECT_EQ(*registry().AliasAt(cancer_, production_, at), Version("1.0.0"));
}

TEST_F(AuditTrailTest, WhatIsRolledBackLeavesNoEventAndNoGap) {
  const auto failed = store::InTransaction(
      registry_.database(), store::Access::kWrite,
      [&](store::Transaction& transaction) -> base::Status {
        ASSIGN_OR_RETURN(AuditTrail audit, AuditTrail::Open(transaction, clock_));
        RETURN_IF_ERROR(audit.Append("ada", "collect", "", "lost", {}));
        return base::Error{Code::kConflict, "no"};
      });
  EXPECT_FALSE(failed.ok());
  EXPECT_EQ(registry().Generation().value(), 0);
  Pushed("1.0.0");
  EXPECT_EQ(EventsOf(registry()).front().id, 1);
}

TEST_F(AuditTrailTest, AnyLimitIsALimit) {
  Pushed("1.0.0");
  EXPECT_TRUE(registry().Audit({.name = {}, .since = {}, .limit = 0})->empty());
  EXPECT_EQ(registry().Audit({.name = {}, .since = {}, .limit = 1})->size(), 1U);
  EXPECT_EQ(registry().Audit({.name = {}, .since = {}, .limit = SIZE_MAX})->size(), 2U);
}

}  // namespace
}  // namespace moorage::registry
