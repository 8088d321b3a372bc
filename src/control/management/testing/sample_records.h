#pragma once

// Records of a registry, and the members that they have in documents.

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "domain/registry/registry.h"
#include "foundation/base/testing/fake_clock.h"
#include "foundation/json/json.h"
#include "foundation/model/names.h"
#include "foundation/model/semver.h"

namespace moorage::management {

// The members of docs/operations/api.md, written out. Renaming one breaks callers.
inline json::Json JsonOf(const char* text) {
  auto json = json::ParseJson(text);
  EXPECT_TRUE(json.ok()) << text;
  return json.ok() ? *std::move(json) : json::Json();
}

inline const model::ModelName kCancer("cancer");
inline const model::Alias kProduction("production");

inline model::SemVer Version(const char* text) { return *model::SemVer::Parse(text); }
inline base::Time Now() { return base::FakeClock().Now(); }  // 2026-01-27T01:08:12.345Z

inline registry::ModelVersion AVersion() {
  return {.name = kCancer,
          .version = Version("1.1.0"),
          .artifact = model::Digest("sha256:aa"),
          .size = 1234,
          .created = Now(),
          .actor = "ada",
          .checks = R"({"golden": "PASS"})",
          .aliases = {kProduction}};
}

inline constexpr const char* kVersionMembers =
    R"("name": "cancer", "version": "1.1.0", "artifact": "sha256:aa", "size": 1234,
       "created": "2026-01-27T01:08:12.345Z", "actor": "ada", "aliases": ["production"])";

inline registry::Evidence AnEvidence() {
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

inline constexpr const char* kEvidenceMembers =
    R"("id": 7, "kind": "validate", "outcome": "INCONCLUSIVE", "artifact": "sha256:aa",
       "dataset": "sha256:dd", "rows": 143, "policy": "sha256:bb", "baseline": null,
       "engine": "moorage 0.1.0, onnxruntime 1.28.0", "created": "2026-01-27T01:08:12.345Z",
       "actor": "ci")";

inline registry::AliasMove AMove() {
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

inline constexpr const char* kMoveMembers =
    R"("id": 3, "name": "cancer", "alias": "production", "verb": "promote", "from": null,
       "to": "1.1.0", "at": "2026-01-27T01:08:12.345Z", "actor": "ada", "reason": "release",
       "forced": false, "evidence": 7)";

inline registry::ModelSummary ASummary() {
  return {.name = kCancer,
          .created = Now(),
          .versions = 2,
          .latest = std::nullopt,
          .aliases = {{kProduction, Version("1.1.0"), Now(), "ada"}}};
}

inline constexpr const char* kSummaryMembers =
    R"("name": "cancer", "created": "2026-01-27T01:08:12.345Z", "latest": null, "version_count": 2,
       "aliases": [{"alias": "production", "version": "1.1.0", "since": "2026-01-27T01:08:12.345Z",
                    "actor": "ada"}])";

// "{a, b}" of members written out above and here.
inline json::Json JsonObject(const std::string& members, const std::string& more = "") {
  return JsonOf(("{" + members + (more.empty() ? "" : ", ") + more + "}").c_str());
}

}  // namespace moorage::management
