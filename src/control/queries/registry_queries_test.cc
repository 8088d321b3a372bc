#include "control/queries/registry_queries.h"

#include <gtest/gtest.h>

#include "control/testing/registry_fixture.h"

namespace moorage::control {
namespace {

using base::Code;
using json::Json;

class RegistryQueriesTest : public RegistryFixture {
 protected:
  RegistryQueries queries() { return RegistryQueries({.registry = *registry_}); }
  static model::ModelRef Ref(const char* text) { return *model::ParseModelRef(text); }
};

TEST_F(RegistryQueriesTest, AModelHasItsVersionsOldestFirstEachWithItsNewestValidation) {
  Release("cancer", "model.onnx", "1.0.0");
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer", "model-v2.onnx")).ok());
  ASSERT_TRUE(Validate("cancer", "1.0.0",
                       {{"data", "", Example("cancer/test.csv")},
                        {"policy", "", "metrics: {accuracy: {min: 1}}"}},
                       {{"target", "target"}})
                  .ok());
  const auto details = queries().Model(model::ModelName("cancer"));
  ASSERT_TRUE(details.ok()) << details.error().message;
  EXPECT_EQ(details->summary.latest->text(), "1.1.0");
  ASSERT_EQ(details->versions.size(), 2U);
  EXPECT_EQ(details->versions[0].version.version.text(), "1.0.0");
  ASSERT_TRUE(details->versions[0].validation.has_value());
  EXPECT_EQ(details->versions[0].validation->outcome, model::Outcome::kFail) << "the later of two";
  EXPECT_FALSE(details->versions[1].validation.has_value());
}

TEST_F(RegistryQueriesTest, AModelWhoseVersionsWereAllDeletedIsNotCalledUnknown) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  ASSERT_TRUE(Call("DELETE", "/api/v1/models/cancer/versions/1.0.0").ok());
  const auto deleted = queries().Model(model::ModelName("cancer"));
  ASSERT_FALSE(deleted.ok());
  EXPECT_EQ(deleted.error().code, Code::kNotFound);
  EXPECT_EQ(deleted.error().message,
            "model cancer: all of its versions were deleted; its history and the audit log are "
            "still there");
  EXPECT_EQ(queries().Model(model::ModelName("lung")).error().message,
            "model lung: is not registered");
}

TEST_F(RegistryQueriesTest, AVersionComesWithManifestFilesAndEvidenceNewestFirst) {
  Release("cancer", "model.onnx", "1.0.0");
  ASSERT_TRUE(Validate("cancer", "1.0.0", {{"data", "", Example("cancer/test.csv")}},
                       {{"target", "target"}})
                  .ok());
  const auto details = queries().Version(Ref("cancer@production"));
  ASSERT_TRUE(details.ok()) << details.error().message;
  EXPECT_EQ(details->version.version.text(), "1.0.0");
  EXPECT_EQ(details->manifest.features.size(), 30U);
  EXPECT_EQ(details->index.digest(), details->version.artifact);
  ASSERT_EQ(details->evidence.size(), 2U);
  EXPECT_GT(details->evidence[0].id, details->evidence[1].id);
}

TEST_F(RegistryQueriesTest, DiffSaysWhatChangesForCallers) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer", "model-v2.onnx")).ok());
  ASSERT_TRUE(Push("wine", ExampleParts("wine")).ok());
  const Json patch =
      Body(Call("GET", "/api/v1/diff", {{"from", "cancer@1.0.0"}, {"to", "cancer@1.1.0"}}));
  EXPECT_EQ(patch["least_bump"], "patch");
  EXPECT_EQ(patch["same_artifact"], false);
  EXPECT_TRUE(patch["changes"].empty());
  bool log_loss = false;
  for (const Json& metric : patch["metrics"]) {
    if (metric["metric"] == "log_loss") log_loss = metric["from"] < metric["to"];
  }
  EXPECT_TRUE(log_loss);
  const Json major =
      Body(Call("GET", "/api/v1/diff", {{"from", "cancer@1.0.0"}, {"to", "wine@1.0.0"}}));
  EXPECT_EQ(major["least_bump"], "major");
}

TEST_F(RegistryQueriesTest, ADiffOfAVersionWithItselfIsEmpty) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  const auto diff = queries().Diff(Ref("cancer@1.0.0"), Ref("cancer@v1.0.0"));
  ASSERT_TRUE(diff.ok()) << diff.error().message;
  EXPECT_TRUE(diff->changes.empty());
  EXPECT_EQ(diff->least, contract::Bump::kPatch);
  EXPECT_EQ(diff->from.artifact, diff->to.artifact);
}

}  // namespace
}  // namespace moorage::control
