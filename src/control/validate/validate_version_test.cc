#include "control/validate/validate_version.h"

#include <gtest/gtest.h>

#include "control/testing/registry_fixture.h"
#include "control/testing/watched_backend.h"

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

TEST_F(ValidateVersionTest, EndsBetweenTwoBatchesOnceItIsCancelledAndStoresNothing) {
  ASSERT_TRUE(PushVersion("cancer", ExampleFiles("cancer")).ok());
  const std::string once = Example("cancer/test.csv");
  const std::size_t header = once.find('\n') + 1;
  std::string many = once;  // more rows than a batch has
  for (int i = 0; i < 4; ++i) many += once.substr(header);
  base::CancelSource gone;
  WatchedBackend watched(backend());
  int runs = 0;
  watched.on_run = [&] {
    ++runs;
    gone.Cancel(base::CancelReason::kClientGone);
  };
  const auto result =
      ValidateVersion(
          {.registry = *registry_, .backend = watched, .clock = clock_, .program = kProgram})
          .Run({.ref = Ref("cancer@1.0.0"),
                .data = many,
                .target = "target",
                .ignored = {},
                .policy = std::nullopt,
                .baseline = NoBaseline{},
                .actor = "ada",
                .cancel = gone.token()});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, base::Code::kCancelled);
  EXPECT_EQ(runs, 1);
  EXPECT_TRUE(
      registry_->EvidenceFor(model::ModelName("cancer"), *model::SemVer::Parse("1.0.0"))->empty());
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
