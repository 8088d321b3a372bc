#include "control/management/operation_diff.h"

#include <gtest/gtest.h>

#include "control/management/testing/sample_records.h"

namespace moorage::management {
namespace {

TEST(DiffDocument, ADiffHasTheMetricsOfBothSidesAndNullForTheMissing) {
  control::VersionDiff diff{.from = AVersion(),
                            .to = AVersion(),
                            .from_manifest = {},
                            .to_manifest = {},
                            .changes = {{contract::Bump::kMajor, "labels"}},
                            .least = contract::Bump::kMajor};
  diff.to.version = Version("2.0.0");
  diff.from_manifest.metrics = {{"accuracy", 0.9}, {"loss", 0.3}};
  diff.to_manifest.metrics = {{"accuracy", 0.95}, {"f1", 0.8}};
  EXPECT_EQ(DiffDocument(diff), JsonOf(R"({
      "from": "cancer@1.1.0", "to": "cancer@2.0.0", "same_artifact": true, "least_bump": "major",
      "changes": [{"bump": "major", "what": "labels"}],
      "metrics": [{"metric": "accuracy", "from": 0.9, "to": 0.95},
                  {"metric": "f1", "from": null, "to": 0.8},
                  {"metric": "loss", "from": 0.3, "to": null}]})"));
}

}  // namespace
}  // namespace moorage::management
