#include "domain/registry/evidence_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/registry/testing/temporary_registry.h"

namespace moorage::registry {
namespace {

using base::Code;
using testing::HasSubstr;

class EvidenceTableTest : public RegistryTest {};

TEST_F(EvidenceTableTest, EvidenceOfAnotherKindOrVersionDoesNotPromote) {
  const ModelVersion version = Pushed("1.0.0");
  Validated("1.0.1");  // the same bytes under another number
  Evidence other = EvidenceOf(version, Outcome::kPass);
  other.kind = "latency";
  ASSERT_TRUE(registry().RecordEvidence(other).ok());
  EXPECT_EQ(Promote("1.0.0").error().code, Code::kDenied);
}

TEST_F(EvidenceTableTest, EvidenceMustBeAboutTheArtifactOfTheVersion) {
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

TEST_F(EvidenceTableTest, EvidenceIsKeptAsItWasRecordedNewestFirst) {
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

TEST_F(EvidenceTableTest, TheNewestIsThatOfExactlyTheVersionItsArtifactAndTheKind) {
  const ModelVersion version = Pushed("1.0.0");
  const ModelVersion twin = Pushed("1.0.1");  // the same bytes
  const Evidence fail = *registry().RecordEvidence(EvidenceOf(version, Outcome::kFail));
  ASSERT_TRUE(registry().RecordEvidence(EvidenceOf(twin, Outcome::kPass)).ok());
  Evidence latency = EvidenceOf(version, Outcome::kPass);
  latency.kind = "latency";
  latency = *registry().RecordEvidence(latency);
  const auto newest = [&](std::string_view kind) {
    return *store::InTransaction(registry_.database(), store::Access::kRead,
                                 [&](store::Transaction& transaction) {
                                   return NewestEvidence(transaction, version, kind);
                                 });
  };
  EXPECT_EQ(newest(kValidateEvidence), fail);
  EXPECT_EQ(newest("latency"), latency);
  EXPECT_EQ(newest("fairness"), std::nullopt);
}

TEST_F(EvidenceTableTest, EvidenceIsAnEventThatNamesWhatItIsAbout) {
  const ModelVersion version = Pushed("1.0.0");
  const Evidence stored = *registry().RecordEvidence(EvidenceOf(version, Outcome::kFail));
  const Event event = registry().Audit({.name = cancer_, .since = {}, .limit = 1})->front();
  EXPECT_EQ(event.verb, "evidence");
  EXPECT_EQ(event.actor, "ci");
  EXPECT_EQ(event.subject, "cancer@1.0.0");
  EXPECT_EQ(event.at, stored.created);
  EXPECT_EQ(event.details, R"({"id":1,"kind":"validate","outcome":"FAIL","artifact":")" +
                               version.artifact.value() + R"(","dataset":")" +
                               stored.dataset.value() + R"(","policy":")" + stored.policy.value() +
                               R"(","policy_document":null})");
}

TEST_F(EvidenceTableTest, TheEventCarriesTheTextOfThePolicy) {
  Evidence evidence = EvidenceOf(Pushed("1.0.0"), Outcome::kPass);
  evidence.report = R"({"policy":{"document":{"metrics":{"accuracy":{"min":0.9}}}}})";
  ASSERT_TRUE(registry().RecordEvidence(evidence).ok());
  ASSERT_TRUE(Promote("1.0.0").ok());
  for (const Event& event : *registry().Audit({.name = cancer_, .since = {}, .limit = 2})) {
    EXPECT_NE(event.details.find(R"("policy_document":{"metrics":{"accuracy":{"min":0.9}}})"),
              std::string::npos)
        << event.verb << " " << event.details;
  }
}

}  // namespace
}  // namespace moorage::registry
