#include <gtest/gtest.h>

#include "edge/cli/testing/command_fixture.h"

namespace moorage::cli {
namespace {

class ConfigCheck : public CommandFixture {};

TEST_F(ConfigCheck, CountsTheKeysThatAreSet) {
  EXPECT_EQ(RunWords({"config", "check"}), 0);
  environment_ = {{"PORT", "8123"}};
  EXPECT_EQ(RunWords({"config", "check"}), 0);
  EXPECT_EQ(Printed(),
            "The configuration is valid; 0 keys set, the others have their defaults.\n"
            "The configuration is valid; 1 key set, the others have their defaults.\n");
  EXPECT_EQ(opened_, 0);
}

TEST_F(ConfigCheck, NamesTheVariableThatIsWrong) {
  environment_ = {{"PORT", "eight"}};
  EXPECT_EQ(RunWords({"config", "check"}), 3);
  EXPECT_NE(Said().find("PORT"), std::string::npos) << Said();
  EXPECT_EQ(Printed(), "");
}

}  // namespace
}  // namespace moorage::cli
