#include <gtest/gtest.h>

#include "edge/cli/testing/command_fixture.h"
#include "platform/client/testing/one_answer_server.h"

namespace moorage::cli {
namespace {

class Healthcheck : public CommandFixture {
 protected:
  // The exit code where the server answers this.
  int Ask(const std::string& status, const std::string& body) {
    client::OneAnswerServer server(client::Answer(status, body));
    const int code = RunWords({"healthcheck", "--server", server.url().c_str()});
    EXPECT_TRUE(server.TakeRequest().starts_with("GET /health/ready HTTP/1.1\r\n"));
    return code;
  }
};

TEST_F(Healthcheck, SucceedsOnceTheServerIsReady) {
  EXPECT_EQ(Ask("200 OK", R"({"status": "ready"})"), 0);
  EXPECT_EQ(Printed(), "ready\n");
  EXPECT_EQ(Said(), "");
}

TEST_F(Healthcheck, FailsWithTheReasonsOfAServerThatIsNotReady) {
  EXPECT_EQ(Ask("503 Service Unavailable", R"({"reasons": ["no model is served", "draining"]})"),
            1);
  EXPECT_EQ(Printed(), "");
  EXPECT_EQ(Said(), "moorage: not ready: no model is served, draining\n");
}

TEST_F(Healthcheck, FailsWithTheStatusWhereTheAnswerHasNoReasons) {
  EXPECT_EQ(Ask("502 Bad Gateway", "<html>"), 1);
  EXPECT_EQ(Said(), "moorage: not ready: status 502\n");
}

TEST_F(Healthcheck, FailsWhereNoServerListens) {
  environment_ = {{"PORT", "1"}};
  EXPECT_EQ(RunWords({"healthcheck"}), 1);
  EXPECT_NE(Said().find("is `moorage serve` running there?"), std::string::npos) << Said();
}

}  // namespace
}  // namespace moorage::cli
