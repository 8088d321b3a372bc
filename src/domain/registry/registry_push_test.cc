// Reserving, publishing and looking at versions.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/registry/testing/temporary_registry.h"
#include "domain/registry/version_table.h"

namespace moorage::registry {
namespace {

using base::Code;
using testing::HasSubstr;

class PushTest : public RegistryTest {
 protected:
  base::Result<Reservation> Reserve(std::string_view version,
                                    Takeover takeover = Takeover::kIfAbandoned) {
    return registry().Reserve(cancer_, Version(version), "bob", takeover);
  }
  model::ArtifactIndex Stored(std::string_view bytes) {
    const std::string manifest = ManifestText();
    const FileBytes files[] = {{"model.onnx", bytes}, {"manifest.json", manifest}};
    return *registry().StoreArtifact(files);
  }
};

TEST_F(PushTest, APublishedVersionIsFoundWithAllThatIsKnownOfIt) {
  const ModelVersion pushed = Pushed("1.0.0");
  const ModelVersion found = *registry().Find(cancer_, Version("1.0.0"));
  EXPECT_EQ(found, pushed);
  EXPECT_EQ(found.actor, "alice");
  EXPECT_EQ(found.created, clock_.Now());
  EXPECT_EQ(found.checks, R"({"bump":"patch"})");
  EXPECT_EQ(found.size, std::string("model bytes").size() + std::string("weights").size() +
                            ManifestText().size());
  EXPECT_EQ(registry().LoadIndex(found)->digest(), found.artifact);
}

TEST_F(PushTest, APendingVersionIsInvisible) {
  ASSERT_TRUE(Reserve("1.0.0").ok());
  EXPECT_TRUE(registry().Models()->empty());
  EXPECT_EQ(registry().Find(cancer_, Version("1.0.0")).error().code, Code::kNotFound);
  EXPECT_EQ(registry().Versions(cancer_).error().code, Code::kNotFound);
  EXPECT_EQ(Promote("1.0.0").error().code, Code::kNotFound);
}

TEST_F(PushTest, TheSameBytesTwiceAreTheSameVersion) {
  const ModelVersion first = Pushed("1.0.0");
  const std::int64_t generation = registry().Generation().value();
  const auto second = Push(registry(), "cancer", "1.0.0", "model bytes");
  ASSERT_TRUE(second.ok()) << second.error().message;
  EXPECT_TRUE(second->already_there);
  EXPECT_EQ(second->version, first);
  EXPECT_EQ(registry().Generation().value(), generation);
}

TEST_F(PushTest, OtherBytesUnderTheSameVersionAreAConflictThatNamesBothDigests) {
  const ModelVersion first = Pushed("1.0.0");
  const auto second = Push(registry(), "cancer", "1.0.0", "other bytes");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Code::kConflict);
  EXPECT_THAT(second.error().message, HasSubstr(first.artifact.value()));
  const std::string manifest = ManifestText();
  const FileBytes files[] = {
      {"model.onnx", "other bytes"}, {"manifest.json", manifest}, {"weights.bin", "weights"}};
  EXPECT_THAT(second.error().message, HasSubstr(registry().StoreArtifact(files)->digest().value()));
  EXPECT_EQ(registry().Find(cancer_, Version("1.0.0"))->artifact, first.artifact);
}

TEST_F(PushTest, AReservationOfAPublishedVersionHoldsNothingAndShowsIt) {
  const ModelVersion first = Pushed("1.0.0");
  const auto reservation = Reserve("1.0.0");
  ASSERT_TRUE(reservation.ok());
  EXPECT_EQ(reservation->existing, first);
  EXPECT_TRUE(registry().Reject(*reservation, "not needed").ok());
  EXPECT_TRUE(registry().Find(cancer_, Version("1.0.0")).ok());
}

TEST_F(PushTest, BuildMetadataMakesNoOtherVersion) {
  Pushed("1.0.0+a");
  for (const char* twin : {"1.0.0+b", "1.0.0"}) {
    const auto reservation = Reserve(twin);
    ASSERT_FALSE(reservation.ok()) << twin;
    EXPECT_EQ(reservation.error().code, Code::kConflict);
    EXPECT_THAT(reservation.error().message, HasSubstr("1.0.0+a"));
  }
  EXPECT_TRUE(Reserve("1.0.0-rc.1").ok());
  EXPECT_TRUE(Reserve("1.0.1+a").ok());
  EXPECT_TRUE(Reserve("1.0.0+a")->existing.has_value());
}

TEST_F(PushTest, ADeletedNumberIsNeverUsedAgain) {
  Pushed("1.0.0");
  Pushed("1.1.0");
  ASSERT_TRUE(registry().Delete(cancer_, Version("1.0.0"), "alice", "leaked data").ok());
  EXPECT_EQ(registry().Find(cancer_, Version("1.0.0")).error().code, Code::kNotFound);
  EXPECT_THAT(registry().Find(cancer_, Version("1.0.0")).error().message, HasSubstr("deleted"));
  for (const char* twin : {"1.0.0", "1.0.0+again"}) {
    const auto reservation = Reserve(twin, Takeover::kAlways);
    ASSERT_FALSE(reservation.ok());
    EXPECT_EQ(reservation.error().code, Code::kConflict);
    EXPECT_THAT(reservation.error().message, HasSubstr("deleted"));
  }
  EXPECT_EQ(registry().Versions(cancer_)->size(), 1U);
  EXPECT_EQ(registry().Delete(cancer_, Version("1.0.0"), "alice", "").error().code,
            Code::kNotFound);
}

TEST_F(PushTest, AVersionInUseIsNotDeleted) {
  Validated("1.0.0");
  Validated("1.1.0");
  ASSERT_TRUE(Promote("1.0.0").ok());
  const auto refused = registry().Delete(cancer_, Version("1.0.0"), "alice", "");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("the alias production points to it"));
  EXPECT_EQ(refused.error().remedy,
            (base::Remedy{base::RemedyKind::kMoveAlias, "cancer@production"}));
  ASSERT_TRUE(Promote("1.1.0").ok());
  EXPECT_TRUE(registry().Delete(cancer_, Version("1.0.0"), "alice", "").ok());
}

TEST_F(PushTest, DeletingEveryVersionKeepsTheTombstones) {
  Pushed("1.0.0");
  ASSERT_TRUE(registry().Delete(cancer_, Version("1.0.0"), "alice", "").ok());
  EXPECT_TRUE(registry().Models()->empty());
  EXPECT_TRUE(registry().Versions(cancer_)->empty());
  EXPECT_FALSE(Reserve("1.0.0").ok());
  EXPECT_TRUE(Push(registry(), "cancer", "1.0.1", "x").ok());
}

TEST_F(PushTest, OnlyOnePushOfAVersionIsInFlight) {
  const auto first = Reserve("1.0.0");
  ASSERT_TRUE(first.ok());
  clock_.Advance(std::chrono::minutes(14));
  const auto second = Reserve("1.0.0");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Code::kConflict);
  EXPECT_EQ(second.error().message,
            "cancer@1.0.0: is being pushed by bob since 2026-01-27T01:08:12.345Z");
}

TEST_F(PushTest, AnAbandonedReservationIsTakenOverAndItsOwnerCannotPublishAnyMore) {
  const Reservation first = *Reserve("1.0.0");
  clock_.Advance(kAbandonedAfter);
  const Reservation second = *Reserve("1.0.0");
  const auto late = registry().Publish(first, Stored("first"), "{}");
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, Code::kConflict);
  EXPECT_TRUE(registry().Reject(first, "late").ok());
  EXPECT_TRUE(registry().Publish(second, Stored("second"), "{}").ok());
  // Even later: the same bytes would be welcome, these are not.
  EXPECT_EQ(registry().Publish(first, Stored("first"), "{}").error().code, Code::kConflict);
  EXPECT_TRUE(registry().Publish(first, Stored("second"), "{}")->already_there);
}

TEST_F(PushTest, OfTwoPushesOfTheSameFilesThatNameNoVersionOneIsPublished) {
  Reservation first = *Reserve("1.0.0");
  Reservation second = *Reserve("1.0.1");
  first.same = second.same = SameArtifact::kLatestVersion;
  const auto published = registry().Publish(second, Stored("same"), "{}");
  EXPECT_FALSE(published->already_there);
  const auto twin = registry().Publish(first, Stored("same"), "{}");
  ASSERT_TRUE(twin.ok()) << twin.error().message;
  EXPECT_TRUE(twin->already_there);
  EXPECT_EQ(twin->version.version.text(), "1.0.1");
  EXPECT_TRUE(Reserve("1.0.0").ok()) << "the number is free again";
  // A push that names a version gets it, whatever the latest one is.
  const auto named = registry().Publish(*Reserve("2.0.0"), Stored("same"), "{}");
  EXPECT_FALSE(named->already_there);
}

// A reservation that was abandoned is no version, whatever its build metadata.
TEST_F(PushTest, AKilledPushUnderOtherBuildMetadataBlocksNothing) {
  ASSERT_TRUE(Reserve("1.0.0+a").ok());
  EXPECT_THAT(Reserve("1.0.0").error().message, HasSubstr("1.0.0+a is being pushed by bob"));
  EXPECT_TRUE(Reserve("1.0.0", Takeover::kAlways).ok());
  ASSERT_TRUE(Reserve("2.0.0+a").ok());
  clock_.Advance(kAbandonedAfter);
  EXPECT_TRUE(Reserve("2.0.0").ok());
}

TEST_F(PushTest, TwoPushesOfTheSameBytesUnderOneVersionShareTheReservation) {
  const model::ArtifactIndex index = Stored("bytes");
  const auto reserve = [&] {
    return *registry().Reserve(cancer_, Version("1.0.0"), "bob", Takeover::kAlways, index.digest());
  };
  const Reservation first = reserve();
  const Reservation second = reserve();
  const auto one = registry().Publish(first, index, "{}");
  ASSERT_TRUE(one.ok()) << one.error().message;
  EXPECT_FALSE(one->already_there);
  const auto two = registry().Publish(second, index, "{}");
  ASSERT_TRUE(two.ok()) << two.error().message;
  EXPECT_TRUE(two->already_there);
  // Other bytes take the reservation over, as before.
  const model::ArtifactIndex others = Stored("others");
  const Reservation pending =
      *registry().Reserve(cancer_, Version("2.0.0"), "bob", Takeover::kAlways, index.digest());
  EXPECT_NE(registry()
                .Reserve(cancer_, Version("2.0.0"), "bob", Takeover::kAlways, others.digest())
                ->token,
            pending.token);
}

TEST_F(PushTest, APublicationBesideOtherReleasesThanThoseItWasJudgedAgainstIsRefused) {
  const model::ArtifactIndex index = Stored("bytes");
  Pushed("1.0.0", "a");
  Reservation reservation = *Reserve("1.2.0");
  reservation.judged = Neighbours{.below = Version("1.0.0"), .above = std::nullopt};
  Pushed("1.1.0", "b");
  const auto refused = registry().Publish(reservation, index, "{}");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_EQ(refused.error().reason, kOvertaken);
  Pushed("1.3.0-rc.1", "c");  // a pre-release promises nothing
  reservation.judged = Neighbours{.below = Version("1.1.0"), .above = std::nullopt};
  EXPECT_TRUE(registry().Publish(reservation, index, "{}").ok());
}

TEST_F(PushTest, ARejectedReservationFreesTheVersion) {
  const Reservation reservation = *Reserve("1.0.0");
  ASSERT_TRUE(registry().Reject(reservation, "truncated file").ok());
  EXPECT_EQ(registry().Publish(reservation, Stored("x"), "{}").error().code, Code::kConflict);
  EXPECT_TRUE(Push(registry(), "cancer", "1.0.0", "sound").ok());
  const std::vector<Event> events = EventsOf(registry());
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[1].verb, "reject");
  EXPECT_EQ(events[1].details, R"({"reason":"truncated file"})");
}

TEST_F(PushTest, PublishesNothingWhoseBytesAreNotStored) {
  const Reservation reservation = *Reserve("1.0.0");
  const model::ArtifactIndex index = Stored("x");
  ASSERT_TRUE(registry_.blobs().Remove(index.Find("model.onnx")->digest).ok());
  const auto published = registry().Publish(reservation, index, "{}");
  ASSERT_FALSE(published.ok());
  EXPECT_EQ(published.error().code, Code::kConflict);
  EXPECT_EQ(registry().Find(cancer_, Version("1.0.0")).error().code, Code::kNotFound);
  EXPECT_TRUE(registry().Publish(reservation, Stored("x"), "{}").ok());
}

TEST_F(PushTest, RefusesChecksThatAreNotJson) {
  EXPECT_EQ(registry().Publish(*Reserve("1.0.0"), Stored("x"), "{bad").error().code,
            Code::kInvalid);
  EXPECT_EQ(registry().Find(cancer_, Version("1.0.0")).error().code, Code::kNotFound);
}

TEST_F(PushTest, SortsVersionsByPrecedenceNotByText) {
  const std::vector<std::string> order = {
      "1.0.0-alpha",   "1.0.0-alpha.1", "1.0.0-beta.2",
      "1.0.0-beta.11", "1.0.0-rc.1",    "1.0.0",
      "1.2.0",         "1.10.0",        "99999999999999999999999.0.0"};
  for (const std::size_t i : {5U, 0U, 8U, 3U, 7U, 1U, 6U, 2U, 4U}) Pushed(order[i]);
  std::vector<std::string> listed;
  const std::vector<ModelVersion> versions = *registry().Versions(cancer_);
  listed.reserve(versions.size());
  for (const ModelVersion& version : versions) {
    listed.push_back(version.version.text());
  }
  EXPECT_EQ(listed, order);
}

TEST_F(PushTest, TheLatestIsTheHighestReleaseAndAPreReleaseOnlyIfThereIsNone) {
  const auto latest = [&] {
    const std::vector<ModelVersion> versions = *registry().Versions(cancer_);
    return LatestOf(versions)->version.text();
  };
  Pushed("2.0.0-rc.1");
  EXPECT_EQ(latest(), "2.0.0-rc.1");
  EXPECT_EQ(registry().Models()->front().latest, std::nullopt);
  Pushed("1.9.0");
  Pushed("1.10.0");
  EXPECT_EQ(latest(), "1.10.0");
  EXPECT_EQ(registry().Models()->front().latest, Version("1.10.0"));
}

TEST_F(PushTest, ResolvesVersionsAndAliasesAndSaysWhichOfThemIsMissing) {
  const auto message = [&](const std::string& ref) {
    const auto result = registry().Resolve(*model::ParseModelRef(ref));
    return result.ok() ? result->version.text() : result.error().message;
  };
  EXPECT_THAT(message("cancer@1.0.0"), HasSubstr("model cancer: is not registered"));
  Validated("1.0.0");
  EXPECT_EQ(message("cancer@1.0.0"), "1.0.0");
  EXPECT_THAT(message("cancer@2.0.0"), HasSubstr("no such version"));
  EXPECT_EQ(message("cancer"), "model cancer: has no alias production");
  EXPECT_EQ(registry().Resolve(*model::ParseModelRef("cancer")).error().remedy,
            (base::Remedy{base::RemedyKind::kSetAlias, "cancer@production"}));
  ASSERT_TRUE(Promote("1.0.0").ok());
  EXPECT_EQ(message("cancer"), "1.0.0");
  EXPECT_EQ(message("cancer@production"), "1.0.0");
}

TEST_F(PushTest, SummarisesEveryModel) {
  Validated("1.0.0");
  ASSERT_TRUE(Push(registry(), "wine", "0.1.0", "grapes").ok());
  ASSERT_TRUE(Promote("1.0.0").ok());
  const std::vector<ModelSummary> models = *registry().Models();
  ASSERT_EQ(models.size(), 2U);
  EXPECT_EQ(models[0].name.value(), "cancer");
  EXPECT_EQ(models[0].versions, 1U);
  ASSERT_EQ(models[0].aliases.size(), 1U);
  EXPECT_EQ(models[0].aliases[0].alias, production_);
  EXPECT_EQ(models[0].aliases[0].since, clock_.Now());
  EXPECT_TRUE(models[1].aliases.empty());
}

TEST_F(PushTest, OneArtifactMayServeSeveralVersions) {
  EXPECT_EQ(Pushed("1.0.0").artifact, Pushed("1.0.1").artifact);
  EXPECT_EQ(registry().Versions(cancer_)->size(), 2U);
}

TEST_F(PushTest, ChangesNothingForACallerThatLeft) {
  base::CancelSource gone;
  gone.Cancel(base::CancelReason::kClientGone);
  const FileBytes files[] = {{"model.onnx", "m"}, {"manifest.json", "{}"}};
  EXPECT_EQ(registry().StoreArtifact(files, gone.token()).error().code, Code::kCancelled);
  const auto reservation = *Reserve("1.0.0");
  EXPECT_EQ(registry().Publish(reservation, Stored("x"), "{}", gone.token()).error().code,
            Code::kCancelled);
  EXPECT_EQ(registry().Versions(cancer_).error().code, Code::kNotFound);
  const auto published = registry().Publish(reservation, Stored("x"), "{}");
  ASSERT_TRUE(published.ok()) << published.error().message;
  EXPECT_EQ(registry()
                .RecordEvidence(EvidenceOf(published->version, Outcome::kPass), gone.token())
                .error()
                .code,
            Code::kCancelled);
  EXPECT_TRUE(registry().EvidenceFor(published->version.name, published->version.version)->empty());
  EXPECT_EQ(registry().Verify(gone.token()).error().code, Code::kCancelled);
}

}  // namespace
}  // namespace moorage::registry
