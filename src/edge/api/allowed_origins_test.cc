#include "edge/api/allowed_origins.h"

#include <gtest/gtest.h>

#include "edge/api/testing/fake_exchange.h"

namespace moorage::api {
namespace {

TEST(AllowedOrigins, AreNoneUnlessConfigured) {
  const AllowedOrigins none;
  EXPECT_TRUE(none.empty());
  EXPECT_FALSE(none.MayRead("https://app.example"));
}

TEST(AllowedOrigins, AreExact) {
  const AllowedOrigins origins({"https://app.example"});
  EXPECT_TRUE(origins.MayRead("https://app.example"));
  EXPECT_TRUE(origins.MayChange("https://app.example"));
  for (const char* other : {"http://app.example", "https://app.example:8443", "null", "*",
                            "https://app.example.evil.example", "https://ap.example"}) {
    EXPECT_FALSE(origins.MayRead(other)) << other;
  }
}

TEST(AllowedOrigins, ReadButDoNotChangeWhereEveryOriginIsAllowed) {
  const AllowedOrigins origins({"*", "https://app.example"});
  EXPECT_TRUE(origins.MayRead("https://other.example"));
  EXPECT_FALSE(origins.MayChange("https://other.example"));
  EXPECT_FALSE(origins.MayChange("*"));
  EXPECT_TRUE(origins.MayChange("https://app.example"));
}

TEST(AllowedOrigins, AreAskedForBeforeARequest) {
  FakeExchange asks(Method::kOptions, "/predict");
  asks.WithHeader("Origin", "https://app.example");
  EXPECT_FALSE(IsPreflight(asks.request()));
  asks.WithHeader("Access-Control-Request-Method", "POST");
  EXPECT_TRUE(IsPreflight(asks.request()));
  EXPECT_EQ(AllowedHeaders(asks.request()), "");
  asks.WithHeader("Access-Control-Request-Headers",
                  "Content-Type,x-evil, X-Request-Id,content-type");
  EXPECT_EQ(AllowedHeaders(asks.request()), "content-type, x-request-id");
}

}  // namespace
}  // namespace moorage::api
