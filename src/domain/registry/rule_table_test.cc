#include "domain/registry/rule_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "domain/registry/testing/temporary_registry.h"

namespace moorage::registry {
namespace {

using base::Code;
using testing::HasSubstr;

class RuleTableTest : public RegistryTest {
 protected:
  AliasRule Rule() { return StandardRule(production_, {{model::DigestOf("policy")}}); }
  base::Result<AliasRule> Set(std::optional<AliasRule> rule) {
    return registry().SetRule({.name = cancer_,
                               .alias = production_,
                               .rule = std::move(rule),
                               .actor = "alice",
                               .reason = "an audit asked for it"});
  }
  Event Newest() { return registry().Audit({.name = cancer_, .since = {}, .limit = 1})->front(); }
};

TEST_F(RuleTableTest, ARuleHoldsUntilTheNextRevision) {
  EXPECT_EQ(Set(Rule()).error().code, Code::kNotFound);
  Pushed("1.0.0");
  EXPECT_EQ(*registry().Rule(cancer_, production_), std::nullopt);
  AliasRule rule = Rule();
  rule.policy_text = R"({"minimum_rows":7})";
  EXPECT_EQ(Set(rule)->revision, 1);
  rule.fewest_rows = 5000;
  EXPECT_EQ(Set(rule)->revision, 2);
  rule.revision = 2;
  EXPECT_EQ(*registry().Rule(cancer_, production_), rule);
  EXPECT_EQ(Newest().verb, "rule");
  EXPECT_EQ(Newest().subject, "cancer@production");
  EXPECT_THAT(Newest().details, HasSubstr(R"("policy_document":{"minimum_rows":7})"));
  EXPECT_EQ(Set(std::nullopt)->revision, 0);
  EXPECT_EQ(*registry().Rule(cancer_, production_), std::nullopt);
}

TEST_F(RuleTableTest, ARefusedPromotionIsAnEvent) {
  Pushed("1.0.0");
  ASSERT_FALSE(Promote("1.0.0").ok());
  EXPECT_EQ(Newest().verb, "refuse");
  EXPECT_EQ(Newest().subject, "cancer@production");
  EXPECT_THAT(Newest().details, HasSubstr("it was never validated"));
  ASSERT_FALSE(Promote("1.0.0", Expected{Version("0.9.0")}).ok());
  EXPECT_THAT(Newest().details, HasSubstr("not at 0.9.0 as expected"));
  EXPECT_TRUE(registry().History(cancer_, production_)->empty());
}

TEST_F(RuleTableTest, APassAgainstWhatServedBeforeDoesNotReplaceABetterVersion) {
  const ModelVersion first = Pushed("1.0.0", "a");
  const ModelVersion second = Pushed("1.0.1", "b");
  const ModelVersion third = Pushed("1.0.2", "c");
  ASSERT_TRUE(registry().RecordEvidence(EvidenceOf(first, Outcome::kPass)).ok());
  ASSERT_TRUE(Promote("1.0.0").ok());
  for (const ModelVersion& version : {second, third}) {
    Evidence evidence = EvidenceOf(version, Outcome::kPass);
    evidence.baseline = first.artifact;
    ASSERT_TRUE(registry().RecordEvidence(evidence).ok());
  }
  ASSERT_TRUE(Promote("1.0.2").ok());
  const auto refused = Promote("1.0.1");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kDenied);
  EXPECT_THAT(refused.error().message,
              HasSubstr("was not compared with cancer@1.0.2, which cancer@production serves now"));
}

TEST_F(RuleTableTest, APromotionSaysWhenAnotherEngineServes) {
  const ModelVersion version = Pushed("1.0.0");
  ASSERT_TRUE(registry().RecordEvidence(EvidenceOf(version, Outcome::kPass)).ok());
  const auto moved = registry().Promote({.name = cancer_,
                                         .to = Version("1.0.0"),
                                         .alias = production_,
                                         .actor = "alice",
                                         .reason = "",
                                         .expected = {},
                                         .engine = "0.2.0"});
  ASSERT_TRUE(moved.ok());
  ASSERT_EQ(moved->notes.size(), 1U);
  EXPECT_EQ(moved->notes[0], "cancer@1.0.0 was validated by 0.1.0, and this is 0.2.0");
}

TEST_F(RuleTableTest, ARollbackSaysWhenTheVersionFailedSince) {
  for (const char* version : {"1.0.0", "1.1.0"}) {
    Validated(version);
    ASSERT_TRUE(Promote(version).ok());
  }
  const ModelVersion first = *registry().Find(cancer_, Version("1.0.0"));
  ASSERT_TRUE(registry().RecordEvidence(EvidenceOf(first, Outcome::kFail)).ok());
  const auto back = RollBack();
  ASSERT_TRUE(back.ok());
  ASSERT_EQ(back->notes.size(), 1U);
  EXPECT_THAT(back->notes[0], HasSubstr("although its newest validation says FAIL"));
}

// The same choices on every machine.
class Choices {
 public:
  explicit Choices(std::uint64_t seed) : state_(seed) {}
  std::size_t Of(std::size_t many) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state_ >> 33U) % many;
  }

 private:
  std::uint64_t state_;
};

constexpr std::size_t kVersions = 4;
constexpr Outcome kOutcomes[] = {Outcome::kPass, Outcome::kPass, Outcome::kPass, Outcome::kFail,
                                 Outcome::kInconclusive};

// No sequence of commands puts a version behind production that the rule of the alias forbids. The
// oracle looks for one PASS that meets every condition, with no FAIL of the same policy after it.
class RuleSequence : public RuleTableTest {
 protected:
  void Start() {
    for (std::size_t i = 0; i < kVersions; ++i) {
      const std::string number = "1.0." + std::to_string(i);
      versions_.push_back(Pushed(number, number));
    }
  }

  const ModelVersion* Behind() {
    const auto aliases = registry().Aliases(cancer_);
    for (const AliasTarget& target : *aliases) {
      for (const ModelVersion& version : versions_) {
        if (target.alias == production_ && target.version == version.version) return &version;
      }
    }
    return nullptr;
  }

  bool Allows(const AliasRule& rule, const ModelVersion& version, const ModelVersion* served) {
    if (rule.proof == ProofNeeded::kNone) return true;
    const auto evidence = registry().EvidenceFor(cancer_, version.version);
    for (const Evidence& one : *evidence) {
      if (one.policy != rule.policies[0]) continue;
      const bool compared = served != nullptr && one.baseline == served->artifact;
      if (one.outcome == Outcome::kFail && (compared || !one.baseline)) return false;
      const bool against = !rule.against_current || served == nullptr || compared;
      const bool fresh = !rule.fresh_for || clock_.Now() - one.created <= *rule.fresh_for;
      if (one.outcome == Outcome::kPass && one.rows >= rule.fewest_rows && against && fresh) {
        return true;
      }
    }
    return false;
  }

  void Validate(Choices& choices) {
    Evidence evidence = EvidenceOf(versions_[choices.Of(kVersions)], kOutcomes[choices.Of(5)]);
    evidence.policy = model::DigestOf(choices.Of(3) == 0 ? "lax" : "policy");
    evidence.rows = choices.Of(3) == 0 ? 10 : 100;
    const std::size_t baseline = choices.Of(kVersions + 1);
    if (baseline < kVersions) evidence.baseline = versions_[baseline].artifact;
    ASSERT_TRUE(registry().RecordEvidence(evidence).ok());
  }

  void ChangeRule(Choices& choices) {
    AliasRule rule = Rule();
    rule.policies = {model::DigestOf(choices.Of(2) == 0 ? "lax" : "policy")};
    rule.fewest_rows = choices.Of(2) == 0 ? 0 : 50;
    rule.against_current = choices.Of(3) != 0;
    ASSERT_TRUE(Set(rule).ok());
  }

  // One command. Returns whether a promotion was allowed.
  bool Step(Choices& choices) {
    clock_.Advance(std::chrono::hours(24) * static_cast<int>(choices.Of(20)));
    const ModelVersion* served = Behind();
    const auto set = *registry().Rule(cancer_, production_);
    const AliasRule rule = set ? *set : Rule();
    switch (choices.Of(8)) {
      case 0:
        ChangeRule(choices);
        return false;
      case 1:
        // Back to where the rule of its day allowed the alias to be.
        (void)RollBack();
        EXPECT_TRUE(Behind() == nullptr || lawful_.contains(Behind()->version.text()));
        return false;
      case 2:
      case 3:
      case 4: {
        const ModelVersion& version = versions_[choices.Of(kVersions)];
        const bool allowed = Allows(rule, version, served);
        const auto moved = registry().Promote({.name = cancer_,
                                               .to = version.version,
                                               .alias = production_,
                                               .actor = "alice",
                                               .reason = "",
                                               .expected = {},
                                               .standard_policies = Rule().policies});
        if (!moved.ok() || !moved->changed) return false;
        EXPECT_TRUE(allowed) << version.version.text();
        lawful_.insert(version.version.text());
        return true;
      }
      default:
        Validate(choices);
        return false;
    }
  }

  std::vector<ModelVersion> versions_;
  std::set<std::string> lawful_;
};

TEST_F(RuleSequence, PutsNoVersionBehindProductionThatTheRuleForbids) {
  Start();
  int promoted = 0;
  Choices choices(20260127);
  for (int step = 0; step < 1200; ++step) promoted += Step(choices) ? 1 : 0;
  EXPECT_GT(promoted, 20) << "the sequence must reach what it is about";
}

}  // namespace
}  // namespace moorage::registry
