#include "control/validate/validate_version.h"

#include <gtest/gtest.h>

#include "control/testing/registry_fixture.h"

// What a validation refuses is tested beside its operation
// (control/management/operation_validate_test.cc).
namespace moorage::control {
namespace {

class ValidateVersionTest : public RegistryFixture {};

TEST_F(ValidateVersionTest, StoresTheVerdictAsEvidenceForExactlyTheseBytes) {
  ASSERT_TRUE(PushVersion("cancer", ExampleFiles("cancer")).ok());
  const auto result = ValidateOn(Example("cancer/test.csv"), "cancer@1.0.0");
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->report.verdict.outcome, model::Outcome::kPass);
  EXPECT_EQ(result->evidence.rows, 143U);
  EXPECT_EQ(result->evidence.artifact, registry_->Resolve(Ref("cancer@1.0.0"))->artifact);
}

TEST_F(ValidateVersionTest, AFailIsAResultAndStoredToo) {
  ASSERT_TRUE(PushVersion("cancer", ExampleFiles("cancer")).ok());
  const auto result =
      ValidateOn(Example("cancer/test.csv"), "cancer@1.0.0", "metrics: {accuracy: {min: 1}}");
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->evidence.outcome, model::Outcome::kFail);
}

}  // namespace
}  // namespace moorage::control
