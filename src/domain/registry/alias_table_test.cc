#include "domain/registry/alias_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "domain/registry/testing/temporary_registry.h"

namespace moorage::registry {
namespace {

using base::Code;
using testing::HasSubstr;

class AliasTableTest : public RegistryTest {};

TEST_F(AliasTableTest, AVersionThatWasNeverValidatedIsNotPromoted) {
  Pushed("1.0.0");
  const auto refused = Promote("1.0.0");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kDenied);
  EXPECT_THAT(refused.error().message, HasSubstr("it was never validated"));
  EXPECT_EQ(refused.error().remedy, (base::Remedy{base::RemedyKind::kValidate, "cancer@1.0.0"}));
  EXPECT_TRUE(registry().Aliases(cancer_)->empty());
  EXPECT_TRUE(registry().History(cancer_, production_)->empty());
}

TEST_F(AliasTableTest, OnlyAPassPromotesAndTheNewestEvidenceDecides) {
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

TEST(LacksReason, IsTrueForABlankReasonWhereTheRuleIsWaived) {
  for (const char* blank : {"", " ", "\t\r\n"}) {
    EXPECT_TRUE(LacksReason(EvidenceRule::kWaived, blank));
    EXPECT_FALSE(LacksReason(EvidenceRule::kRequired, blank));
  }
  EXPECT_FALSE(LacksReason(EvidenceRule::kWaived, "outage"));
}

TEST_F(AliasTableTest, ForcingNeedsAReasonAndIsRemembered) {
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

TEST_F(AliasTableTest, NothingMovesForACallerThatHasBeenCut) {
  base::CancelSource gone;
  gone.Cancel(base::CancelReason::kClientGone);
  Pushed("1.0.0");
  Pushed("1.1.0");
  Promotion promotion{.name = cancer_,
                      .to = Version("1.0.0"),
                      .alias = production_,
                      .actor = "alice",
                      .reason = "a test",
                      .rule = EvidenceRule::kWaived,
                      .expected = std::nullopt};
  ASSERT_TRUE(registry().Promote(promotion).ok());
  promotion.to = Version("1.1.0");
  promotion.cancel = gone.token();
  const auto promoted = registry().Promote(promotion);
  ASSERT_FALSE(promoted.ok());
  EXPECT_EQ(promoted.error().code, Code::kCancelled);
  promotion.cancel = {};
  ASSERT_TRUE(registry().Promote(promotion).ok());
  const auto history = registry().History(cancer_, production_)->size();
  const auto rolled = registry().RollBack({.name = cancer_,
                                           .alias = production_,
                                           .to = std::nullopt,
                                           .actor = "alice",
                                           .reason = "",
                                           .expected = std::nullopt,
                                           .cancel = gone.token()});
  ASSERT_FALSE(rolled.ok());
  EXPECT_EQ(registry().Aliases(cancer_)->at(0).version, Version("1.1.0"));
  EXPECT_EQ(registry().History(cancer_, production_)->size(), history);
}

TEST_F(AliasTableTest, PromotingWhatIsThereAlreadyWritesNothing) {
  Validated("1.0.0");
  const Moved first = *Promote("1.0.0");
  const std::int64_t generation = registry().Generation().value();
  const Moved again = *Promote("1.0.0");
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(again.move, first.move);
  EXPECT_EQ(registry().Generation().value(), generation);
}

TEST_F(AliasTableTest, AnUnexpectedPositionSaysWhoMovedItWhenAndWhereTo) {
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

TEST_F(AliasTableTest, ARollbackMustFindWhatItExpects) {
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

TEST_F(AliasTableTest, RollbacksPopTheHistoryAndNeverReturnToWhatTheyUndid) {
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

TEST_F(AliasTableTest, RollsBackToANamedEarlierVersionOnly) {
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

TEST_F(AliasTableTest, ARollbackLeavesOutDeletedVersions) {
  for (const char* version : {"1.0.0", "2.0.0", "3.0.0"}) {
    Validated(version);
    ASSERT_TRUE(Promote(version).ok());
  }
  ASSERT_TRUE(registry().Delete(cancer_, Version("2.0.0"), "alice", "").ok());
  EXPECT_EQ(registry().Previous(cancer_, production_).value(), Version("1.0.0"));
  EXPECT_EQ(RollBack(Version("2.0.0")).error().code, Code::kConflict);
  EXPECT_EQ(RollBack()->move.to, Version("1.0.0"));
}

TEST_F(AliasTableTest, ARollbackOfAnAliasThatDoesNotExistIsNotFound) {
  Pushed("1.0.0");
  EXPECT_EQ(RollBack().error().code, Code::kNotFound);
  EXPECT_EQ(registry().Previous(cancer_, production_).value(), std::nullopt);
}

TEST_F(AliasTableTest, AnswersWhatServedAtAnyTime) {
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

TEST_F(AliasTableTest, TimeNeverRunsBackwardsInTheHistory) {
  Validated("1.0.0");
  Validated("2.0.0");
  ASSERT_TRUE(Promote("1.0.0").ok());
  const base::Time first = clock_.Now();
  clock_.Advance(-std::chrono::hours(5));  // the clock is set back
  const Moved moved = *Promote("2.0.0");
  EXPECT_EQ(moved.move.at, first);
  EXPECT_EQ(registry().AliasAt(cancer_, production_, first)->text(), "2.0.0");
}

TEST_F(AliasTableTest, TheHistoryIsNewestFirstOfOneAliasOrOfAll) {
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

TEST_F(AliasTableTest, OfSixtyFourPromotersWithOneExpectationExactlyOneWins) {
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

TEST_F(AliasTableTest, AReasonForcesNothingWhereTheRuleIsKept) {
  const ModelVersion version = Pushed("1.0.0");
  ASSERT_TRUE(registry().RecordEvidence(EvidenceOf(version, Outcome::kFail)).ok());
  const auto refused = Promote("1.0.0");  // with the reason "release"
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("its newest validation says FAIL"));
  EXPECT_EQ(refused.error().remedy, (base::Remedy{base::RemedyKind::kValidate, "cancer@1.0.0"}));
}

TEST_F(AliasTableTest, AliasesAreSortedAndKnowSinceWhenAndByWhom) {
  Validated("1.0.0");
  ASSERT_TRUE(registry()
                  .Promote({.name = cancer_,
                            .to = Version("1.0.0"),
                            .alias = model::Alias("staging"),
                            .actor = "carol",
                            .reason = "",
                            .expected = {}})
                  .ok());
  const base::Time staged = clock_.Now();
  ASSERT_TRUE(Promote("1.0.0").ok());  // a minute later, by alice
  const std::vector<AliasTarget> aliases = *registry().Aliases(cancer_);
  ASSERT_EQ(aliases.size(), 2U);
  EXPECT_EQ(aliases[0], (AliasTarget{production_, Version("1.0.0"), clock_.Now(), "alice"}));
  EXPECT_EQ(aliases[1], (AliasTarget{model::Alias("staging"), Version("1.0.0"), staged, "carol"}));
}

}  // namespace
}  // namespace moorage::registry
