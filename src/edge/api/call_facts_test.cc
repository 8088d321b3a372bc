#include "edge/api/call_facts.h"

#include <gtest/gtest.h>

#include "edge/api/operation.h"

namespace moorage::api {
namespace {

TEST(CallFacts, HoldNothingOfTheCallBeforeOnceTheyAreReset) {
  const Operation operation;
  CallFacts facts{
      .operation = &operation,
      .model = model::MakeLabel(1, model::ModelName("cancer"), *model::SemVer::Parse("1.0.0")),
      .rows = 3,
      .start = base::Instant::max(),
      .queued = std::chrono::seconds(1),
      .ran = std::chrono::seconds(2),
      .method = "GET",
      .path = "/x",
      .payload = "{}",
      .status = 400,
      .duration = std::chrono::seconds(3),
      .error = "invalid_argument",
      .error_message = "no"};
  facts.Reset();
  EXPECT_EQ(facts.operation, nullptr);
  EXPECT_EQ(facts.model, nullptr);
  EXPECT_EQ(facts.rows, 0U);
  EXPECT_EQ(facts.start, base::Instant{});
  EXPECT_EQ(facts.queued + facts.ran + facts.duration, base::Duration{0});
  EXPECT_EQ(facts.method, "");
  EXPECT_EQ(facts.path + facts.payload + facts.error + facts.error_message, "");
  EXPECT_EQ(facts.status, 0);
}

}  // namespace
}  // namespace moorage::api
