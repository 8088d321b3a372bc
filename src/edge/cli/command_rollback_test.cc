#include <gtest/gtest.h>

#include "control/management/operations.h"
#include "edge/cli/testing/command_fixture.h"

namespace moorage::cli {
namespace {

using json::Json;

class RollbackCommand : public CommandFixture {
 protected:
  RollbackCommand() {
    Answer(R"({"name": "cancer", "alias": "production", "from": "1.1.0", "to": "1.0.0",
               "reason": "", "forced": false, "changed": true})");
  }
};

TEST_F(RollbackCommand, PointsProductionToTheVersionBeforeUnlessMoreIsGiven) {
  EXPECT_EQ(RunWords({"rollback", "cancer"}), 0);
  ASSERT_EQ(script_.calls.size(), 1U);
  EXPECT_EQ(script_.calls[0].operation, &management::kRollback.row);
  EXPECT_EQ(script_.calls[0].Parameter("name"), "cancer");
  EXPECT_EQ(script_.calls[0].Parameter("alias"), "production");
  EXPECT_EQ(script_.calls[0].body, Json::object());
  EXPECT_EQ(Printed(), "cancer@production -> 1.0.0 (was 1.1.0)\n");
}

TEST_F(RollbackCommand, AsksForWhatItsOptionsName) {
  EXPECT_EQ(RunWords({"rollback", "cancer", "--alias", "staging", "--to", "0.9.0", "--expect",
                      "1.1.0", "--reason", "error rate"}),
            0);
  ASSERT_EQ(script_.calls.size(), 1U);
  EXPECT_EQ(script_.calls[0].Parameter("alias"), "staging");
  EXPECT_EQ(script_.calls[0].body,
            Json::parse(R"({"to": "0.9.0", "reason": "error rate", "expected": "1.1.0"})"));
}

TEST_F(RollbackCommand, RefusesANameThatIsNoneBeforeItAsks) {
  EXPECT_EQ(RunWords({"rollback", "no/model"}), 3);
  EXPECT_NE(Said().find("no/model"), std::string::npos) << Said();
  EXPECT_TRUE(script_.calls.empty());
}

}  // namespace
}  // namespace moorage::cli
