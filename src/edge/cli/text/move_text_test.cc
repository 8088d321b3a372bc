#include "edge/cli/text/move_text.h"

#include <gtest/gtest.h>

namespace moorage::cli_text {
namespace {

json::Json Move() {
  return {{"name", "cancer"}, {"alias", "production"}, {"from", "1.0.0"}, {"to", "1.1.0"},
          {"reason", "why"},  {"forced", false},       {"changed", true}};
}

TEST(MoveText, NamesTheTargetAndWhatItWasBefore) {
  json::Json move = Move();
  EXPECT_EQ(MoveText(move), "cancer@production -> 1.1.0 (was 1.0.0)\n");
  move["from"] = nullptr;
  EXPECT_EQ(MoveText(move), "cancer@production -> 1.1.0 (new alias)\n");
}

TEST(MoveText, ShowsTheReasonOfAForce) {
  json::Json move = Move();
  move["forced"] = true;
  EXPECT_EQ(MoveText(move), "cancer@production -> 1.1.0 (was 1.0.0), forced: why\n");
}

TEST(MoveText, SaysWhyTheServerDoesNotServeTheTarget) {
  json::Json move = Move();
  move["not_served"] = "cancer@1.1.0 cannot be loaded: it is corrupt";
  EXPECT_EQ(MoveText(move),
            "cancer@production -> 1.1.0 (was 1.0.0)\n"
            "  not served  cancer@1.1.0 cannot be loaded: it is corrupt\n");
}

TEST(MoveText, ShowsWhatTheCallerShouldKnow) {
  json::Json move = Move();
  move["notes"] = {"cancer@1.1.0 failed"};
  EXPECT_EQ(MoveText(move),
            "cancer@production -> 1.1.0 (was 1.0.0)\n  note        cancer@1.1.0 failed\n");
}

TEST(MoveText, IsAnotherSentenceWhereNothingChanged) {
  json::Json move = Move();
  move["changed"] = false;
  EXPECT_EQ(MoveText(move), "cancer@production points to 1.1.0 already\n");
}

}  // namespace
}  // namespace moorage::cli_text
