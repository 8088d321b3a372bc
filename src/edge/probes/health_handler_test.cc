#include "edge/probes/health_handler.h"

#include <gtest/gtest.h>

#include <string>

#include "edge/inference/testing/protocol_rig.h"

namespace moorage::probes {
namespace {

using Question = HealthHandler::Question;

class Health : public testing::Test {
 protected:
  // "200 {...}"
  std::string Ask(Question question) {
    HealthHandler handler(question, readiness_, rig_.manager(), rig_.clock());
    api::FakeExchange call(api::Method::kGet, "/health");
    rig_.Ask(handler, call);
    return std::to_string(call.status()) + " " + call.body();
  }

  inference::ProtocolRig rig_;
  Readiness readiness_{rig_.manager()};
};

TEST_F(Health, IsUnhealthyWhileNothingIsServed) {
  EXPECT_EQ(Ask(Question::kHealth),
            R"(503 {"status":"unhealthy","timestamp":"2026-01-27T01:08:12.345Z",)"
            R"("reasons":["no model is served: push one, validate it and promote it"],)"
            R"("models":[]})");
  EXPECT_TRUE(Ask(Question::kReady).starts_with(R"(503 {"ready":false,"reasons":["no model)"));
  EXPECT_EQ(Ask(Question::kLive), R"(200 {"live":true})");
}

TEST_F(Health, NamesTheModelsThatAreServed) {
  rig_.Serve("cancer", {"1.0.0", "1.2.0"});
  EXPECT_EQ(Ask(Question::kHealth),
            R"(200 {"status":"healthy","timestamp":"2026-01-27T01:08:12.345Z","models":[)"
            R"({"name":"cancer","version":"1.0.0","aliases":[],"state":"ready"},)"
            R"({"name":"cancer","version":"1.2.0","aliases":["production"],"state":"ready"}]})");
  EXPECT_EQ(Ask(Question::kReady), R"(200 {"ready":true})");
}

TEST_F(Health, StaysReadyWithTheOldVersionWhenTheNewOneCannotBeLoaded) {
  rig_.Serve("cancer", {"1.0.0"});
  rig_.source().FailFetch("2.0.0");
  rig_.Serve("cancer", {"1.0.0", "2.0.0"});
  EXPECT_EQ(Ask(Question::kReady), R"(200 {"ready":true})");
  const std::string health = Ask(Question::kHealth);
  EXPECT_TRUE(health.starts_with(R"(503 {"status":"unhealthy")")) << health;
  EXPECT_NE(health.find("cancer@production stays at 1.0.0"), std::string::npos) << health;
  EXPECT_NE(health.find(R"("state":"failed")"), std::string::npos) << health;
}

TEST_F(Health, IsNotReadyWhenTheOnlyModelCannotBeLoaded) {
  rig_.source().FailFetch("1.0.0");
  rig_.Serve("cancer", {"1.0.0"});
  const std::string ready = Ask(Question::kReady);
  EXPECT_TRUE(ready.starts_with(R"(503 {"ready":false)")) << ready;
  EXPECT_NE(ready.find("cannot be loaded"), std::string::npos) << ready;
}

TEST_F(Health, IsAliveButNotReadyWhileItDrains) {
  rig_.Serve("cancer", {"1.0.0"});
  readiness_.StartDraining();
  EXPECT_EQ(Ask(Question::kReady),
            R"(503 {"ready":false,"reasons":["the server is shutting down"]})");
  EXPECT_TRUE(Ask(Question::kHealth).starts_with("503 "));
  EXPECT_EQ(Ask(Question::kLive), R"(200 {"live":true})");
}

}  // namespace
}  // namespace moorage::probes
