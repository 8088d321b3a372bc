#include "control/management/operation_gc.h"

#include <gtest/gtest.h>

#include <chrono>

#include "control/management/testing/management_fixture.h"
#include "control/management/testing/sample_records.h"

namespace moorage::management {
namespace {

using json::Json;

class GcOperation : public ManagementFixture {};

TEST_F(GcOperation, DeletedVersionsLeaveGarbageThatCollectionRemoves) {
  ASSERT_TRUE(Push("cancer", ExampleParts("cancer")).ok());
  const Json deleted = Body(DeleteVersion("cancer", "1.0.0", {{"reason", "wrong data"}}));
  EXPECT_EQ(deleted["deleted"], true);
  EXPECT_FALSE(ShowVersion("cancer", "1.0.0").ok());
  clock_.Advance(std::chrono::hours(24 * 365 * 20));  // later than the files' own times
  ASSERT_TRUE(Call(kAcceptClock).ok());
  const Json report = Body(Call(kGc, {}, {}, {{"dry_run", true}}));
  EXPECT_EQ(report["dry_run"], true);
  EXPECT_EQ(report["count"], 4) << "three files and their index";
  const Json removed = Body(Call(kGc, {}, {}, {{"grace", "1h"}}));
  EXPECT_EQ(removed["count"], 4);
  EXPECT_EQ(Body(Call(kGc))["count"], 0);
}

TEST(ReadGarbage, ACollectionRemovesUnlessItIsADryRun) {
  const auto order = [](Json body) { return ReadGarbage(CallOf(kGc, {}, std::move(body))); };
  EXPECT_EQ(order(nullptr)->mode, registry::GarbageMode::kRemove);
  EXPECT_EQ(order(nullptr)->grace, std::chrono::hours(1));
  EXPECT_EQ(order({{"dry_run", true}})->mode, registry::GarbageMode::kReport);
  EXPECT_EQ(order({{"grace", "90s"}})->grace, std::chrono::seconds(90));
  EXPECT_TRUE(ProblemOf(order({{"grace", "long"}})).starts_with("grace: duration 'long': "));
  EXPECT_EQ(ProblemOf(order({{"grace", 5}})), "grace: must be a string");
}

TEST(GarbageDocument, CountsTheBlobsAndListsThem) {
  const registry::GarbageReport garbage{
      .blobs = {{model::Digest("sha256:ee"), 5, Now()}}, .bytes = 5, .temporaries = 2};
  EXPECT_EQ(GarbageDocument(garbage, registry::GarbageMode::kReport), JsonOf(R"({"dry_run": true,
      "count": 1, "bytes": 5, "temporaries": 2,
      "blobs": [{"digest": "sha256:ee", "size": 5, "stored": "2026-01-27T01:08:12.345Z"}]})"));
  EXPECT_EQ(GarbageDocument({}, registry::GarbageMode::kRemove)["dry_run"], false);
}

}  // namespace
}  // namespace moorage::management
