#include "control/management/operation_show_version.h"

#include <gtest/gtest.h>

#include "control/management/testing/sample_records.h"
#include "foundation/model/manifest.h"

namespace moorage::management {
namespace {

using json::Json;

TEST(VersionDocument, AVersionEmbedsManifestFilesChecksAndReports) {
  control::VersionDetails details{.version = AVersion(),
                                  .manifest = {},
                                  .index = {{{"model.onnx", model::Digest("sha256:cc"), 9}}},
                                  .evidence = {AnEvidence()}};
  details.manifest.description = "a manifest";
  Json expected = JsonObject(kVersionMembers);
  expected["manifest"] = model::ToJson(details.manifest);
  expected["files"] = JsonOf(R"([{"name": "model.onnx", "size": 9, "digest": "sha256:cc"}])");
  expected["checks"] = JsonOf(R"({"golden": "PASS"})");
  expected["evidence"] = Json::array({JsonObject(kEvidenceMembers, R"("report": {"rows": 143})")});
  EXPECT_EQ(VersionDocument(details), expected);
}

}  // namespace
}  // namespace moorage::management
