// Promoting, rolling back, looking back, evidence.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "domain/registry/testing/temporary_registry.h"

namespace moorage::registry {
namespace {

using base::Code;
using testing::HasSubstr;

class AliasTest : public RegistryTest {};

TEST_F(AliasTest, AVersionThatWasNeverValidatedIsNotPromoted) {
  Pushed("1.0.0");
  const auto refused = Promote("1.0.0");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kDenied);
  EXPECT_THAT(refused.error().message, HasSubstr("moorage validate cancer@1.0.0 --data"));
  EXPECT_TRUE(registry().Aliases(cancer_)->empty());
  EXPECT_TRUE(registry().History(cancer_, production_)->empty());
}

TEST_F(AliasTest, OnlyAPassPromotesAndTheNewestEvidenceDecides) {
  const ModelVersion version = Pushed("1.0.0");
  for (const Outcome outcome : {Outcome::kFail, Outcome::kInconclusive, Outcome::kError}) {
    ASSERT_TRUE(registry().RecordEvidence(EvidenceOf(version, Outcome::kPass)).ok());
    ASSERT_TRUE(registry().RecordEvidence(EvidenceOf(version, outcome)).ok());
    const auto refused = Promote("1.0.0");
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::kDenied);
    EXPECT_THAT(refused.error().message, HasSubstr(std::string(Name(outcome))));
  }
  const Evidence pass = *registry().RecordEvidence(EvidenceOf(version, Outcome::kPass));
  const auto moved = Promote("1.0.0");
  ASSERT_TRUE(moved.ok()) << moved.error().message;
  EXPECT_EQ(moved->move.evidence, pass.id);
  EXPECT_FALSE(moved->move.forced);
}

TEST_F(AliasTest, EvidenceOfAnotherKindOrVersionDoesNotPromote) {
  const ModelVersion version = Pushed("1.0.0");
  Validated("1.0.1");  // the same bytes under another number
  Evidence other = EvidenceOf(version, Outcome::kPass);
  other.kind = "latency";
  ASSERT_TRUE(registry().RecordEvidence(other).ok());
  EXPECT_EQ(Promote("1.0.0").error().code, Code::kDenied);
}

TEST_F(AliasTest, EvidenceMustBeAboutTheArtifactOfTheVersion) {
  const ModelVersion version = Pushed("1.0.0");
  Evidence stale = EvidenceOf(version, Outcome::kPass);
  stale.artifact = model::DigestOf("other bytes");
  EXPECT_EQ(registry().RecordEvidence(stale).error().code, Code::kConflict);
  Evidence garbled = EvidenceOf(version, Outcome::kPass);
  garbled.report = "not json";
  EXPECT_EQ(registry().RecordEvidence(garbled).error().code, Code::kInvalid);
  Evidence lost = EvidenceOf(version, Outcome::kPass);
  lost.version = Version("9.9.9");
  EXPECT_EQ(registry().RecordEvidence(lost).error().code, Code::kNotFound);
  EXPECT_TRUE(registry().EvidenceFor(cancer_, Version("1.0.0"))->empty());
}

TEST_F(AliasTest, EvidenceIsKeptAsItWasRecordedNewestFirst) {
  const ModelVersion version = Pushed("1.0.0");
  Evidence first = EvidenceOf(version, Outcome::kFail);
  first.baseline = model::DigestOf("baseline");
  first = *registry().RecordEvidence(first);
  clock_.Advance(std::chrono::hours(1));
  const Evidence second = *registry().RecordEvidence(EvidenceOf(version, Outcome::kPass));
  EXPECT_GT(second.id, first.id);
  EXPECT_EQ(second.created, clock_.Now());
  EXPECT_EQ(*registry().EvidenceFor(cancer_, Version("1.0.0")), (std::vector{second, first}));
}

TEST_F(AliasTest, ForcingNeedsAReasonAndIsRemembered) {
  Pushed("1.0.0");
  Promotion promotion{.name = cancer_,
                      .to = Version("1.0.0"),
                      .alias = production_,
                      .actor = "alice",
                      .reason = "",
                      .rule = EvidenceRule::kWaived,
                      .expected = {}};
  EXPECT_EQ(registry().Promote(promotion).error().code, Code::kDenied);
  promotion.reason = "production is down";
  const auto moved = registry().Promote(promotion);
  ASSERT_TRUE(moved.ok());
  EXPECT_TRUE(moved->move.forced);
  EXPECT_EQ(moved->move.evidence, std::nullopt);
  const Event event = registry().Audit({.name = cancer_, .since = {}, .limit = 1})->front();
  EXPECT_EQ(event.verb, "promote");
  EXPECT_EQ(event.actor, "alice");
  EXPECT_EQ(event.subject, "cancer@production");
  EXPECT_THAT(event.details, HasSubstr(R"("forced":true)"));
  EXPECT_THAT(event.details, HasSubstr(R"("reason":"production is down")"));
}

TEST_F(AliasTest, PromotingWhatIsThereAlreadyWritesNothing) {
  Validated("1.0.0");
  const Moved first = *Promote("1.0.0");
  const std::int64_t generation = registry().Generation().value();
  const Moved again = *Promote("1.0.0");
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(again.move, first.move);
  EXPECT_EQ(registry().Generation().value(), generation);
}

TEST_F(AliasTest, AnUnexpectedPositionSaysWhoMovedItWhenAndWhereTo) {
  Validated("1.0.0");
  Validated("1.1.0");
  EXPECT_EQ(Promote("1.0.0", Expected{Version("0.9.0")}).error().message,
            "cancer@production: does not exist, not at 0.9.0 as expected");
  ASSERT_TRUE(Promote("1.0.0", Expected{}).ok());
  const auto lost = Promote("1.1.0", Expected{});
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().code, Code::kConflict);
  EXPECT_EQ(
      lost.error().message,
      "cancer@production: was moved to 1.0.0 by alice at 2026-01-27T01:10:12.345Z, not absent "
      "as expected");
  EXPECT_TRUE(Promote("1.1.0", Expected{Version("1.0.0")}).ok());
  EXPECT_EQ(Current(), "1.1.0");
}

TEST_F(AliasTest, ARollbackMustFindWhatItExpects) {
  for (const char* version : {"1.0.0", "1.1.0"}) {
    Validated(version);
    ASSERT_TRUE(Promote(version).ok());
  }
  Rollback rollback{.name = cancer_,
                    .alias = production_,
                    .to = {},
                    .actor = "drift alarm",
                    .reason = "finding 7",
                    .expected = Expected{Version("1.0.0")}};
  EXPECT_EQ(registry().RollBack(rollback).error().code, Code::kConflict);
  rollback.expected = Expected{Version("1.1.0")};
  EXPECT_TRUE(registry().RollBack(rollback).ok());
  // Two alarms about the same version roll back once.
  EXPECT_EQ(registry().RollBack(rollback).error().code, Code::kConflict);
  EXPECT_EQ(Current(), "1.0.0");
}

TEST_F(AliasTest, RollbacksPopTheHistoryAndNeverReturnToWhatTheyUndid) {
  for (const char* version : {"1.0.0", "2.0.0", "3.0.0"}) {
    Validated(version);
    ASSERT_TRUE(Promote(version).ok());
  }
  EXPECT_EQ(registry().Previous(cancer_, production_).value(), Version("2.0.0"));
  EXPECT_EQ(RollBack()->move.to, Version("2.0.0"));
  EXPECT_EQ(RollBack()->move.to, Version("1.0.0"));
  EXPECT_EQ(registry().Previous(cancer_, production_).value(), std::nullopt);
  const auto refused = RollBack();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("no earlier version"));
  EXPECT_EQ(Current(), "1.0.0");
  // What was undone comes back by promotion only.
  EXPECT_EQ(RollBack(Version("3.0.0")).error().code, Code::kConflict);
  ASSERT_TRUE(Promote("3.0.0").ok());
  EXPECT_EQ(RollBack()->move.to, Version("1.0.0"));
}

TEST_F(AliasTest, RollsBackToANamedEarlierVersionOnly) {
  for (const char* version : {"1.0.0", "2.0.0", "3.0.0", "4.0.0"}) Validated(version);
  for (const char* version : {"1.0.0", "2.0.0", "3.0.0"}) ASSERT_TRUE(Promote(version).ok());
  EXPECT_EQ(RollBack(Version("4.0.0")).error().code, Code::kConflict);
  EXPECT_FALSE(RollBack(Version("3.0.0"))->changed);
  const Moved moved = *RollBack(Version("1.0.0"));
  EXPECT_EQ(moved.move.from, Version("3.0.0"));
  EXPECT_EQ(moved.move.verb, MoveVerb::kRollback);
  EXPECT_EQ(moved.move.actor, "bob");
  EXPECT_EQ(RollBack().error().code, Code::kConflict);
}

TEST_F(AliasTest, ARollbackLeavesOutDeletedVersions) {
  for (const char* version : {"1.0.0", "2.0.0", "3.0.0"}) {
    Validated(version);
    ASSERT_TRUE(Promote(version).ok());
  }
  ASSERT_TRUE(registry().Delete(cancer_, Version("2.0.0"), "alice", "").ok());
  EXPECT_EQ(registry().Previous(cancer_, production_).value(), Version("1.0.0"));
  EXPECT_EQ(RollBack(Version("2.0.0")).error().code, Code::kConflict);
  EXPECT_EQ(RollBack()->move.to, Version("1.0.0"));
}

TEST_F(AliasTest, ARollbackOfAnAliasThatDoesNotExistIsNotFound) {
  Pushed("1.0.0");
  EXPECT_EQ(RollBack().error().code, Code::kNotFound);
  EXPECT_EQ(registry().Previous(cancer_, production_).value(), std::nullopt);
}

TEST_F(AliasTest, AVersionInUseIsNotDeleted) {
  Validated("1.0.0");
  Validated("1.1.0");
  ASSERT_TRUE(Promote("1.0.0").ok());
  const auto refused = registry().Delete(cancer_, Version("1.0.0"), "alice", "");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("the alias production points to it"));
  ASSERT_TRUE(Promote("1.1.0").ok());
  EXPECT_TRUE(registry().Delete(cancer_, Version("1.0.0"), "alice", "").ok());
}

TEST_F(AliasTest, AnswersWhatServedAtAnyTime) {
  Validated("1.0.0");
  Validated("2.0.0");
  const auto at = [&](base::Time time) {
    const auto version = registry().AliasAt(cancer_, production_, time);
    return version.ok() ? version->text() : std::string(base::Name(version.error().code));
  };
  const auto tick = std::chrono::microseconds(1);
  ASSERT_TRUE(Promote("1.0.0").ok());
  const base::Time first = clock_.Now();
  clock_.Advance(std::chrono::hours(24));
  ASSERT_TRUE(Promote("2.0.0").ok());
  const base::Time second = clock_.Now();
  ASSERT_TRUE(RollBack().ok());
  const base::Time third = clock_.Now();
  EXPECT_EQ(at(first - tick), "not_found");
  EXPECT_EQ(at(first), "1.0.0");
  EXPECT_EQ(at(second - tick), "1.0.0");
  EXPECT_EQ(at(second), "2.0.0");
  EXPECT_EQ(at(third - tick), "2.0.0");
  EXPECT_EQ(at(third), "1.0.0");
  EXPECT_EQ(at(third + std::chrono::hours(1000)), "1.0.0");
}

TEST_F(AliasTest, TimeNeverRunsBackwardsInTheHistory) {
  Validated("1.0.0");
  Validated("2.0.0");
  ASSERT_TRUE(Promote("1.0.0").ok());
  const base::Time first = clock_.Now();
  clock_.Advance(-std::chrono::hours(5));  // somebody sets the clock
  const Moved moved = *Promote("2.0.0");
  EXPECT_EQ(moved.move.at, first);
  EXPECT_EQ(registry().AliasAt(cancer_, production_, first)->text(), "2.0.0");
}

TEST_F(AliasTest, TheHistoryIsNewestFirstOfOneAliasOrOfAll) {
  Validated("1.0.0");
  Validated("2.0.0");
  ASSERT_TRUE(Promote("1.0.0").ok());
  ASSERT_TRUE(registry()
                  .Promote({.name = cancer_,
                            .to = Version("2.0.0"),
                            .alias = model::Alias("staging"),
                            .actor = "carol",
                            .reason = "try",
                            .expected = {}})
                  .ok());
  ASSERT_TRUE(Promote("2.0.0").ok());
  const std::vector<AliasMove> all = *registry().History(cancer_, std::nullopt);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].from, Version("1.0.0"));
  EXPECT_EQ(all[1].alias.value(), "staging");
  EXPECT_EQ(all[1].from, std::nullopt);
  EXPECT_EQ(*registry().History(cancer_, production_), (std::vector{all[0], all[2]}));
  EXPECT_EQ(registry().Find(cancer_, Version("2.0.0"))->aliases,
            (std::vector{production_, model::Alias("staging")}));
  EXPECT_EQ(registry().Versions(cancer_)->back().aliases.size(), 2U);
}

TEST_F(AliasTest, OfSixtyFourPromotersWithOneExpectationExactlyOneWins) {
  constexpr int kRacers = 64;
  Validated("1.0.0");
  for (int i = 0; i < kRacers; ++i) Validated("1.1." + std::to_string(i));
  ASSERT_TRUE(Promote("1.0.0").ok());
  for (int round = 0; round < 4; ++round) {
    const model::SemVer before = Version(Current());
    std::vector<std::optional<base::Result<Moved>>> results(kRacers);
    std::vector<std::thread> threads;
    threads.reserve(kRacers);
    for (int i = 0; i < kRacers; ++i) {
      threads.emplace_back([&, i] {
        // The current version itself would be no race.
        const std::string to = "1.1." + std::to_string(i);
        results[static_cast<std::size_t>(i)] =
            registry().Promote({.name = cancer_,
                                .to = Version(to == before.text() ? "1.0.0" : to),
                                .alias = production_,
                                .actor = "racer " + std::to_string(i),
                                .reason = "",
                                .expected = Expected{before}});
      });
    }
    for (std::thread& thread : threads) thread.join();
    std::string winner;
    int wins = 0;
    for (const auto& result : results) {
      if (!result->ok()) continue;
      ++wins;
      winner = (*result)->move.actor;
      EXPECT_EQ(Current(), (*result)->move.to.text());
    }
    EXPECT_EQ(wins, 1);
    for (const auto& result : results) {
      if (result->ok()) continue;
      EXPECT_EQ(result->error().code, Code::kConflict);
      EXPECT_THAT(result->error().message, HasSubstr(" by " + winner + " at "));
    }
  }
  EXPECT_EQ(registry().History(cancer_, production_)->size(), 5U);
}

TEST_F(AliasTest, EveryMutationIsOneEventInTheOrderOfTheCommits) {
  Validated("1.0.0");
  Validated("2.0.0");
  ASSERT_TRUE(Promote("1.0.0").ok());
  ASSERT_TRUE(Promote("2.0.0").ok());
  ASSERT_TRUE(RollBack().ok());
  ASSERT_TRUE(registry().Delete(cancer_, Version("2.0.0"), "alice", "bad").ok());
  std::vector<std::string> verbs;
  std::int64_t id = 0;
  const std::vector<Event> events = *registry().EventsSince(0, 100);
  for (const Event& event : events) {
    EXPECT_EQ(event.id, ++id);
    verbs.push_back(event.verb);
  }
  EXPECT_EQ(verbs,
            (std::vector<std::string>{"reserve", "publish", "evidence", "reserve", "publish",
                                      "evidence", "promote", "promote", "rollback", "delete"}));
  EXPECT_EQ(registry().Generation().value(), id);
  EXPECT_EQ(registry().EventsSince(id - 2, 100)->size(), 2U);
  EXPECT_EQ(registry().EventsSince(id, 100)->size(), 0U);
  EXPECT_EQ(registry().EventsSince(0, 3)->back().id, 3);
}

TEST_F(AliasTest, TheAuditIsFilteredByModelTimeAndLimit) {
  Validated("1.0.0");
  const base::Time before = clock_.Now();
  ASSERT_TRUE(Push(registry(), "wine", "1.0.0", "grapes").ok());
  ASSERT_TRUE(Promote("1.0.0").ok());
  EXPECT_EQ(registry().Audit({})->size(), 6U);
  EXPECT_EQ(registry().Audit({.name = cancer_, .since = {}})->size(), 4U);
  EXPECT_EQ(registry().Audit({.name = {}, .since = before + std::chrono::seconds(1)})->size(), 1U);
  EXPECT_EQ(registry().Audit({.name = {}, .since = {}, .limit = 2})->front().verb, "promote");
}

TEST_F(AliasTest, ASecondProgramSeesWhatTheFirstHasDone) {
  OpenRegistry other(directory_.path(), clock_);
  Validated("1.0.0");
  const std::int64_t seen = other->Generation().value();
  ASSERT_TRUE(Promote("1.0.0").ok());
  EXPECT_EQ(other->Generation().value(), seen + 1);
  EXPECT_EQ(other->EventsSince(seen, 10)->front().subject, "cancer@production");
  EXPECT_EQ(other->Resolve({.name = cancer_, .selector = production_})->version, Version("1.0.0"));
}

}  // namespace
}  // namespace moorage::registry
