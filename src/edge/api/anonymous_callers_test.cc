#include "edge/api/anonymous_callers.h"

#include <gtest/gtest.h>

#include <string>

#include "edge/api/testing/fake_exchange.h"
#include "edge/api/testing/test_service.h"
#include "foundation/base/random.h"
#include "foundation/base/testing/fake_clock.h"
#include "foundation/json/json.h"

namespace moorage::api {
namespace {

constexpr Operation kRollback{.name = "rollback",
                              .method = Method::kPost,
                              .path = "/rollback",
                              .permission = Permission::kPromote};
constexpr Operation kModelsRoute{
    .name = "models", .method = Method::kGet, .path = "/models", .permission = Permission::kRead};
constexpr Operation kPredictCall{
    .name = "predict", .method = Method::kPost, .path = "/predict", .is_inference = true};

class Done : public Handler {
 public:
  void Handle(ExchangeRef exchange, const PathParameters& /*path*/) override {
    exchange->Send({.body = "{}"});
  }
};

// A dispatcher as a server without authentication has it.
class AnonymousCallersTest : public testing::Test {
 protected:
  AnonymousCallersTest() {
    for (const Operation& operation : {kRollback, kModelsRoute, kPredictCall}) {
      EXPECT_TRUE(router_.Add({operation, &done_}).ok());
    }
  }

  // Sent by a page of another site, in a browser on the server's machine.
  int FromAPage(FakeExchange& call) {
    call.WithHeader("Host", "127.0.0.1:8000").WithHeader("Origin", "https://evil.example");
    call.WithHeader("Content-Type", "text/plain");
    dispatcher_.Dispatch(call.ref());
    return call.status();
  }

  Done done_;
  Router router_;
  FakeCallObserver observer_;
  AnonymousCallers callers_{TrustedHosts{}};
  base::FakeClock clock_;
  Dispatcher dispatcher_{{router_, observer_, callers_, clock_, base::SystemRandom::Get()}, {}};
};

TEST_F(AnonymousCallersTest, RefuseAPageThatWouldChangeTheRegistry) {
  FakeExchange call(Method::kPost, "/rollback", "{}");
  EXPECT_EQ(FromAPage(call), 403);
  const auto answer = *json::ParseJson(call.body());
  EXPECT_EQ(answer["code"], "permission_denied");
  EXPECT_NE(answer["error"].get<std::string>().find("a page of 'https://evil.example'"),
            std::string::npos);
}

TEST_F(AnonymousCallersTest, LetAPageReadAndPredict) {
  FakeExchange models(Method::kGet, "/models");
  EXPECT_EQ(FromAPage(models), 200);
  FakeExchange head(Method::kHead, "/models");
  EXPECT_EQ(FromAPage(head), 200);
  FakeExchange predict(Method::kPost, "/predict", "{}");
  EXPECT_EQ(FromAPage(predict), 200);
}

TEST_F(AnonymousCallersTest, LetACommandLineChangeTheRegistry) {
  FakeExchange call(Method::kPost, "/rollback", "{}");
  call.WithHeader("Host", "127.0.0.1:8000");
  dispatcher_.Dispatch(call.ref());
  EXPECT_EQ(call.status(), 200);
}

TEST_F(AnonymousCallersTest, LetAPageOfANamedOriginChangeTheRegistry) {
  AnonymousCallers callers(TrustedHosts{}, AllowedOrigins({"https://evil.example", "*"}));
  Dispatcher dispatcher({router_, observer_, callers, clock_, base::SystemRandom::Get()}, {});
  const auto status_for = [&](std::string_view origin) {
    FakeExchange call(Method::kPost, "/rollback", "{}");
    call.WithHeader("Host", "127.0.0.1:8000").WithHeader("Origin", origin);
    call.WithHeader("Sec-Fetch-Site", "cross-site");
    dispatcher.Dispatch(call.ref());
    return call.status();
  };
  EXPECT_EQ(status_for("https://evil.example"), 200) << "it is named";
  EXPECT_EQ(status_for("https://other.example"), 403) << "* permits reads only";
}

}  // namespace
}  // namespace moorage::api
