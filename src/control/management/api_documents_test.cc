#include "control/management/api_documents.h"

#include <gtest/gtest.h>

#include <chrono>

#include "foundation/base/testing/fake_clock.h"

namespace moorage::management {
namespace {

using json::Json;

// The members of docs/operations/api.md, written out: whoever renames one breaks callers.
Json Text(const char* text) {
  auto json = json::ParseJson(text);
  EXPECT_TRUE(json.ok()) << text;
  return json.ok() ? *std::move(json) : Json();
}

const model::ModelName kCancer("cancer");
const model::Alias kProduction("production");

model::SemVer Version(const char* text) { return *model::SemVer::Parse(text); }
base::Time Now() { return base::FakeClock().Now(); }  // 2026-01-27T01:08:12.345Z

registry::ModelVersion AVersion() {
  return {.name = kCancer,
          .version = Version("1.1.0"),
          .artifact = model::Digest("sha256:aa"),
          .size = 1234,
          .created = Now(),
          .actor = "ada",
          .checks = R"({"golden": "PASS"})",
          .aliases = {kProduction}};
}

constexpr const char* kVersionMembers =
    R"("name": "cancer", "version": "1.1.0", "artifact": "sha256:aa", "size": 1234,
       "created": "2026-01-27T01:08:12.345Z", "actor": "ada", "aliases": ["production"])";

registry::Evidence AnEvidence() {
  return {.id = 7,
          .name = kCancer,
          .version = Version("1.1.0"),
          .artifact = model::Digest("sha256:aa"),
          .outcome = model::Outcome::kInconclusive,
          .dataset = model::Digest("sha256:dd"),
          .rows = 143,
          .policy = model::Digest("sha256:bb"),
          .baseline = std::nullopt,
          .engine = "moorage 0.1.0, onnxruntime 1.28.0",
          .created = Now(),
          .actor = "ci",
          .report = R"({"rows": 143})"};
}

constexpr const char* kEvidenceMembers =
    R"("id": 7, "kind": "validate", "outcome": "INCONCLUSIVE", "artifact": "sha256:aa",
       "dataset": "sha256:dd", "rows": 143, "policy": "sha256:bb", "baseline": null,
       "engine": "moorage 0.1.0, onnxruntime 1.28.0", "created": "2026-01-27T01:08:12.345Z",
       "actor": "ci")";

registry::AliasMove AMove() {
  return {.id = 3,
          .name = kCancer,
          .alias = kProduction,
          .verb = registry::MoveVerb::kPromote,
          .from = std::nullopt,
          .to = Version("1.1.0"),
          .at = Now(),
          .actor = "ada",
          .reason = "release",
          .forced = false,
          .evidence = 7};
}

constexpr const char* kMoveMembers =
    R"("id": 3, "name": "cancer", "alias": "production", "verb": "promote", "from": null,
       "to": "1.1.0", "at": "2026-01-27T01:08:12.345Z", "actor": "ada", "reason": "release",
       "forced": false, "evidence": 7)";

registry::ModelSummary ASummary() {
  return {.name = kCancer,
          .created = Now(),
          .versions = 2,
          .latest = std::nullopt,
          .aliases = {{kProduction, Version("1.1.0"), Now(), "ada"}}};
}

constexpr const char* kSummaryMembers =
    R"("name": "cancer", "created": "2026-01-27T01:08:12.345Z", "latest": null, "version_count": 2,
       "aliases": [{"alias": "production", "version": "1.1.0", "since": "2026-01-27T01:08:12.345Z",
                    "actor": "ada"}])";

// "{a, b}" of members written out above and here.
Json Object(const std::string& members, const std::string& more = "") {
  return Text(("{" + members + (more.empty() ? "" : ", ") + more + "}").c_str());
}

TEST(ApiDocuments, ModelsAreListedUnderTheirSummaries) {
  EXPECT_EQ(ModelsDocument({}), Text(R"({"models": []})"));
  EXPECT_EQ(ModelsDocument({ASummary()})["models"], Json::array({Object(kSummaryMembers)}));
}

TEST(ApiDocuments, AModelHasItsVersionsWithTheirNewestValidation) {
  control::ModelDetails details{.summary = ASummary(), .versions = {}};
  details.versions.push_back({.version = AVersion(), .validation = AnEvidence()});
  details.versions.push_back({.version = AVersion(), .validation = std::nullopt});
  Json expected = Object(kSummaryMembers);
  expected["versions"] = Json::array(
      {Object(kVersionMembers, "\"validation\": {" + std::string(kEvidenceMembers) + "}"),
       Object(kVersionMembers, "\"validation\": null")});
  EXPECT_EQ(ModelDocument(details), expected);
}

TEST(ApiDocuments, AVersionEmbedsManifestFilesChecksAndReports) {
  control::VersionDetails details{.version = AVersion(),
                                  .manifest = {},
                                  .index = {{{"model.onnx", model::Digest("sha256:cc"), 9}}},
                                  .evidence = {AnEvidence()}};
  details.manifest.description = "a manifest";
  Json expected = Object(kVersionMembers);
  expected["manifest"] = model::ToJson(details.manifest);
  expected["files"] = Text(R"([{"name": "model.onnx", "size": 9, "digest": "sha256:cc"}])");
  expected["checks"] = Text(R"({"golden": "PASS"})");
  expected["evidence"] = Json::array({Object(kEvidenceMembers, R"("report": {"rows": 143})")});
  EXPECT_EQ(VersionDocument(details), expected);
}

TEST(ApiDocuments, APushSaysWhatWasInferredAndWhyItIsThisVersion) {
  const control::PushResult result{.version = AVersion(),
                                   .already_there = false,
                                   .chosen = {Version("1.1.0"),
                                              contract::Bump::kMinor,
                                              Version("1.0.0"),
                                              {{contract::Bump::kMinor, "new output 'p'"}}},
                                   .index = {{{"model.onnx", model::Digest("sha256:cc"), 9}}},
                                   .task = model::Task::kClassification,
                                   .notes = {"labels: 0, 1"},
                                   .golden = 3};
  EXPECT_EQ(PushDocument(result), Object(kVersionMembers, R"("already_there": false,
      "task": "classification", "inferred": ["labels: 0, 1"], "compared_with": "1.0.0",
      "changes": [{"bump": "minor", "what": "new output 'p'"}], "golden_requests": 3,
      "files": [{"name": "model.onnx", "size": 9, "digest": "sha256:cc"}])"));
}

TEST(ApiDocuments, AMoveSaysWhetherAnythingChanged) {
  EXPECT_EQ(MoveDocument({.move = AMove(), .changed = false}),
            Object(kMoveMembers, R"("changed": false)"));
  EXPECT_EQ(
      HistoryDocument(kCancer, {AMove()}),
      Text(("{\"name\": \"cancer\", \"moves\": [{" + std::string(kMoveMembers) + "}]}").c_str()));
}

TEST(ApiDocuments, ADiffHasTheMetricsOfBothSidesAndNullForTheMissing) {
  control::VersionDiff diff{.from = AVersion(),
                            .to = AVersion(),
                            .from_manifest = {},
                            .to_manifest = {},
                            .changes = {{contract::Bump::kMajor, "labels"}},
                            .least = contract::Bump::kMajor};
  diff.to.version = Version("2.0.0");
  diff.from_manifest.metrics = {{"accuracy", 0.9}, {"loss", 0.3}};
  diff.to_manifest.metrics = {{"accuracy", 0.95}, {"f1", 0.8}};
  EXPECT_EQ(DiffDocument(diff), Text(R"({
      "from": "cancer@1.1.0", "to": "cancer@2.0.0", "same_artifact": true, "least_bump": "major",
      "changes": [{"bump": "major", "what": "labels"}],
      "metrics": [{"metric": "accuracy", "from": 0.9, "to": 0.95},
                  {"metric": "f1", "from": null, "to": 0.8},
                  {"metric": "loss", "from": 0.3, "to": null}]})"));
}

TEST(ApiDocuments, AnEventOfNoModelHasNullThere) {
  const registry::Event event{.id = 4,
                              .at = Now(),
                              .actor = "ada",
                              .verb = "collect",
                              .model = "",
                              .subject = "blobs",
                              .details = R"({"bytes":5})"};
  EXPECT_EQ(AuditDocument({event}), Text(R"({"events": [{"id": 4,
      "at": "2026-01-27T01:08:12.345Z", "actor": "ada", "verb": "collect", "model": null,
      "subject": "blobs", "details": {"bytes": 5}}]})"));
}

TEST(ApiDocuments, CareIsCountedAndItsFindingsAreListed) {
  const registry::GarbageReport garbage{
      .blobs = {{model::Digest("sha256:ee"), 5, Now()}}, .bytes = 5, .temporaries = 2};
  EXPECT_EQ(GarbageDocument(garbage, registry::GarbageMode::kReport), Text(R"({"dry_run": true,
      "count": 1, "bytes": 5, "temporaries": 2,
      "blobs": [{"digest": "sha256:ee", "size": 5, "stored": "2026-01-27T01:08:12.345Z"}]})"));
  EXPECT_EQ(GarbageDocument({}, registry::GarbageMode::kRemove)["dry_run"], false);
  registry::VerifyReport report{.versions = 1, .blobs = 3, .bytes = 9, .problems = {}};
  EXPECT_EQ(DoctorDocument(report), Text(R"({"healthy": true, "versions": 1, "blobs": 3,
      "bytes": 9, "problems": []})"));
  report.problems.push_back({"sha256:ee", "is corrupt"});
  EXPECT_EQ(DoctorDocument(report)["healthy"], false);
  EXPECT_EQ(DoctorDocument(report)["problems"],
            Text(R"([{"path": "sha256:ee", "problem": "is corrupt"}])"));
}

}  // namespace
}  // namespace moorage::management
