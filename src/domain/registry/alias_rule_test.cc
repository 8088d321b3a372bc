#include "domain/registry/alias_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "foundation/base/testing/fake_clock.h"

namespace moorage::registry {
namespace {

using testing::HasSubstr;

const model::Digest kRulePolicy = model::DigestOf("strict");
const model::Digest kLaxPolicy = model::DigestOf("lax");
const model::Digest kServedNow = model::DigestOf("1.0.2");
const model::Digest kServedBefore = model::DigestOf("1.0.0");

base::Time RuleNow() { return base::FakeClock().Now(); }

AliasRule Strict() { return StandardRule(model::Alias("production"), {{kRulePolicy}}); }

ValidationProof ProofOf(Outcome outcome, std::uint64_t rows = 100) {
  return {.id = 1,
          .outcome = outcome,
          .rows = rows,
          .policy = kRulePolicy,
          .baseline = kServedNow,
          .engine = "e",
          .created = RuleNow() - std::chrono::hours(1)};
}

RuleVerdict JudgeProofs(std::vector<ValidationProof> proofs, const AliasRule& rule = Strict()) {
  return Judge(rule, {.ref = "m@1.0.1",
                      .place = "m@production",
                      .artifact = model::DigestOf("1.0.1"),
                      .current = kServedNow,
                      .current_ref = "m@1.0.2",
                      .proofs = std::move(proofs),
                      .now = RuleNow()});
}

std::string Why(const RuleVerdict& verdict) {
  const RuleStep* unmet = verdict.Unmet();
  return unmet == nullptr ? "" : unmet->name + ": " + unmet->why;
}

TEST(AliasRule, OfProductionIsStrictAndAnotherAsksForNothing) {
  EXPECT_EQ(Why(JudgeProofs({})), "validated: it was never validated");
  EXPECT_TRUE(JudgeProofs({ProofOf(Outcome::kPass)}).allowed);
  EXPECT_TRUE(JudgeProofs({}, StandardRule(model::Alias("staging"), {{kRulePolicy}})).allowed);
}

TEST(AliasRule, CountsAPassUnderItsPolicyAlone) {
  ValidationProof lax = ProofOf(Outcome::kPass);
  lax.policy = kLaxPolicy;
  EXPECT_THAT(Why(JudgeProofs({lax})), HasSubstr("policy: its PASS"));
  EXPECT_THAT(Why(JudgeProofs({lax})), HasSubstr("asks for " + kRulePolicy.value()));
  // A laxer policy repairs no FAIL, and a stricter one of the caller's own breaks no PASS.
  EXPECT_THAT(Why(JudgeProofs({lax, ProofOf(Outcome::kFail)})), HasSubstr("says FAIL"));
  ValidationProof own = ProofOf(Outcome::kFail);
  own.policy = kLaxPolicy;
  EXPECT_TRUE(JudgeProofs({own, ProofOf(Outcome::kPass)}).allowed);
}

TEST(AliasRule, CountsAPassAgainstWhatTheAliasServesNow) {
  ValidationProof old = ProofOf(Outcome::kPass);
  old.baseline = kServedBefore;
  EXPECT_THAT(Why(JudgeProofs({old})), HasSubstr("was not compared with m@1.0.2, which"));
  old.baseline.reset();
  EXPECT_THAT(Why(JudgeProofs({old})), HasSubstr("baseline: "));
  AliasRule rule = Strict();
  rule.against_current = false;
  EXPECT_TRUE(JudgeProofs({old}, rule).allowed);
}

TEST(AliasRule, AsksForNoComparisonWhereNothingOrTheSameIsServed) {
  ValidationProof alone = ProofOf(Outcome::kPass);
  alone.baseline.reset();
  PromotionFacts facts{.ref = "m@1.0.1",
                       .place = "m@production",
                       .artifact = kServedNow,
                       .proofs = {alone},
                       .now = RuleNow()};
  EXPECT_TRUE(Judge(Strict(), facts).allowed);
  facts.current = kServedNow;
  EXPECT_TRUE(Judge(Strict(), facts).allowed);
}

TEST(AliasRule, AsksForRowsAndForAFreshProof) {
  EXPECT_THAT(Why(JudgeProofs({ProofOf(Outcome::kPass, 1)})), HasSubstr("is on 1 rows"));
  ValidationProof stale = ProofOf(Outcome::kPass);
  stale.created = RuleNow() - std::chrono::hours(24 * 91);
  EXPECT_THAT(Why(JudgeProofs({stale})), HasSubstr("fresh: "));
}

TEST(AliasRule, PassesOverAnInconclusiveRunOnFewRows) {
  EXPECT_TRUE(
      JudgeProofs({ProofOf(Outcome::kInconclusive, 20), ProofOf(Outcome::kPass, 100)}).allowed);
  EXPECT_FALSE(
      JudgeProofs({ProofOf(Outcome::kInconclusive, 100), ProofOf(Outcome::kPass, 100)}).allowed);
  EXPECT_FALSE(JudgeProofs({ProofOf(Outcome::kInconclusive, 100)}).allowed);
}

TEST(AliasRule, LetsTheNewestDecisionStand) {
  EXPECT_FALSE(JudgeProofs({ProofOf(Outcome::kFail), ProofOf(Outcome::kPass)}).allowed);
  EXPECT_FALSE(JudgeProofs({ProofOf(Outcome::kError), ProofOf(Outcome::kPass)}).allowed);
  EXPECT_TRUE(JudgeProofs({ProofOf(Outcome::kPass), ProofOf(Outcome::kFail)}).allowed);
  ValidationProof elsewhere = ProofOf(Outcome::kFail);
  elsewhere.baseline = kServedBefore;
  EXPECT_TRUE(JudgeProofs({elsewhere, ProofOf(Outcome::kPass)}).allowed);
  ValidationProof alone = ProofOf(Outcome::kFail);
  alone.baseline.reset();
  EXPECT_FALSE(JudgeProofs({alone, ProofOf(Outcome::kPass)}).allowed);
}

TEST(AliasRule, SurvivesTheWayThroughItsDocument) {
  AliasRule rule = Strict();
  rule.policy_text = R"({"metrics":{}})";
  EXPECT_EQ(*AliasRuleFromJson(ToJson(rule)), rule);
  const AliasRule easy = StandardRule(model::Alias("demo"), {});
  EXPECT_EQ(*AliasRuleFromJson(ToJson(easy)), easy);
  for (const char* text : {"{}", "[]", R"({"proof":"maybe"})"}) {
    EXPECT_FALSE(AliasRuleFromJson(*json::ParseJson(text)).ok()) << text;
  }
}

}  // namespace
}  // namespace moorage::registry
