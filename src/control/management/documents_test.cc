#include "control/management/documents.h"

#include <gtest/gtest.h>

#include "control/management/testing/sample_records.h"

namespace moorage::management {
namespace {

TEST(MoveDocument, AMoveSaysWhetherAnythingChanged) {
  EXPECT_EQ(MoveDocument({.move = AMove(), .changed = false, .notes = {"a note"}}),
            JsonObject(kMoveMembers, R"("changed": false, "notes": ["a note"])"));
}

TEST(Documents, HaveNullWhereThereIsNoVersionOrNoJson) {
  EXPECT_EQ(TextOrNull(std::nullopt), json::Json(nullptr));
  EXPECT_EQ(TextOrNull(Version("1.0.0")), json::Json("1.0.0"));
  EXPECT_EQ(Embedded("{"), json::Json(nullptr));
  EXPECT_EQ(Embedded("[1]"), json::Json::array({1}));
}

}  // namespace
}  // namespace moorage::management
