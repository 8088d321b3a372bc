#include <gtest/gtest.h>

#include "edge/cli/testing/command_fixture.h"
#include "foundation/json/json.h"

namespace moorage::cli {
namespace {

class ConfigShow : public CommandFixture {
 protected:
  // The line of the table that begins with this key, its columns parted by one space.
  std::string Row(const std::string& key) {
    const std::string printed = Printed();
    const std::size_t start = printed.find("\n" + key + " ");
    if (start == std::string::npos) return "";
    std::string row;
    for (const char c : printed.substr(start + 1, printed.find('\n', start + 1) - start - 1)) {
      if (c != ' ' || !row.ends_with(' ')) row += c;
    }
    return row;
  }
};

TEST_F(ConfigShow, NamesTheSourceOfEachValue) {
  environment_ = {{"MOORAGE_SERVER__LISTEN", "127.0.0.1:8123"}};
  EXPECT_EQ(RunWords({"config", "show"}), 0);
  EXPECT_EQ(Row("server.listen"), R"(server.listen "127.0.0.1:8123" MOORAGE_SERVER__LISTEN)");
  EXPECT_EQ(Row("logging.level"), R"(logging.level "info" default)");
  EXPECT_EQ(opened_, 0);
}

TEST_F(ConfigShow, PrintsTheEffectiveConfigurationAsJson) {
  environment_ = {{"LOG_LEVEL", "debug"}};
  EXPECT_EQ(RunWords({"config", "show", "--json"}), 0);
  EXPECT_EQ(json::ParseJson(Printed())->at("logging").at("level"), "debug");
}

}  // namespace
}  // namespace moorage::cli
