#include "control/queries/registry_queries.h"

#include <gtest/gtest.h>

#include "control/testing/registry_fixture.h"

namespace moorage::control {
namespace {

using base::Code;

class RegistryQueriesTest : public RegistryFixture {
 protected:
  RegistryQueries queries() { return RegistryQueries({.registry = *registry_}); }
};

TEST_F(RegistryQueriesTest, AModelHasItsVersionsOldestFirstEachWithItsNewestValidation) {
  Release("cancer", "model.onnx", "1.0.0");
  ASSERT_TRUE(PushVersion("cancer", ExampleFiles("cancer", "model-v2.onnx")).ok());
  ASSERT_TRUE(
      ValidateOn(Example("cancer/test.csv"), "cancer@1.0.0", "metrics: {accuracy: {min: 1}}").ok());
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
  ASSERT_TRUE(PushVersion("cancer", ExampleFiles("cancer")).ok());
  ASSERT_TRUE(
      registry_->Delete(model::ModelName("cancer"), *model::SemVer::Parse("1.0.0"), "ada", "")
          .ok());
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
  ASSERT_TRUE(ValidateOn(Example("cancer/test.csv"), "cancer@1.0.0").ok());
  const auto details = queries().Version(Ref("cancer@production"));
  ASSERT_TRUE(details.ok()) << details.error().message;
  EXPECT_EQ(details->version.version.text(), "1.0.0");
  EXPECT_EQ(details->manifest.features.size(), 30U);
  EXPECT_EQ(details->index.digest(), details->version.artifact);
  ASSERT_EQ(details->evidence.size(), 2U);
  EXPECT_GT(details->evidence[0].id, details->evidence[1].id);
}

TEST_F(RegistryQueriesTest, DiffSaysWhatChangesForCallers) {
  ASSERT_TRUE(PushVersion("cancer", ExampleFiles("cancer")).ok());
  ASSERT_TRUE(PushVersion("cancer", ExampleFiles("cancer", "model-v2.onnx")).ok());
  ASSERT_TRUE(PushVersion("wine", ExampleFiles("wine")).ok());
  const auto patch = queries().Diff(Ref("cancer@1.0.0"), Ref("cancer@1.1.0"));
  ASSERT_TRUE(patch.ok()) << patch.error().message;
  EXPECT_EQ(patch->least, contract::Bump::kPatch);
  EXPECT_NE(patch->from.artifact, patch->to.artifact);
  EXPECT_TRUE(patch->changes.empty());
  EXPECT_LT(patch->from_manifest.metrics.at("log_loss"), patch->to_manifest.metrics.at("log_loss"));
  const auto major = queries().Diff(Ref("cancer@1.0.0"), Ref("wine@1.0.0"));
  ASSERT_TRUE(major.ok()) << major.error().message;
  EXPECT_EQ(major->least, contract::Bump::kMajor);
}

TEST_F(RegistryQueriesTest, ADiffOfAVersionWithItselfIsEmpty) {
  ASSERT_TRUE(PushVersion("cancer", ExampleFiles("cancer")).ok());
  const auto diff = queries().Diff(Ref("cancer@1.0.0"), Ref("cancer@v1.0.0"));
  ASSERT_TRUE(diff.ok()) << diff.error().message;
  EXPECT_TRUE(diff->changes.empty());
  EXPECT_EQ(diff->least, contract::Bump::kPatch);
  EXPECT_EQ(diff->from.artifact, diff->to.artifact);
}

}  // namespace
}  // namespace moorage::control
