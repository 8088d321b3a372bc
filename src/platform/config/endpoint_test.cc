#include "platform/config/endpoint.h"

#include <gtest/gtest.h>

namespace moorage::config {
namespace {

TEST(Endpoint, IsHostAndPortAndNothingElse) {
  const struct {
    const char* text;
    Endpoint endpoint;
  } good[] = {{"127.0.0.1:8000", {"127.0.0.1", 8000}},
              {"localhost:0", {"localhost", 0}},
              {"[::1]:65535", {"::1", 65535}},
              {"[fe80::1]:80", {"fe80::1", 80}},
              {"my-host.example.com:1", {"my-host.example.com", 1}},
              {"0.0.0.0:00080", {"0.0.0.0", 80}}};
  for (const auto& row : good) EXPECT_EQ(ParseEndpoint(row.text), row.endpoint) << row.text;
  for (const char* bad : {"",
                          "localhost",
                          "8000",
                          ":8000",
                          "localhost:",
                          "localhost:-1",
                          "localhost:65536",
                          "localhost:80x",
                          "::1:80",
                          "[::1]",
                          "[::1]80",
                          "[localhost]:80",
                          "127.0.0.256:1",
                          "1.2.3:4",
                          "1.2.3.4.5:6",
                          "-a:1",
                          ".a:1",
                          "a b:1",
                          "http://a:1",
                          "a:1:2"}) {
    EXPECT_EQ(ParseEndpoint(bad), std::nullopt) << bad;
  }
}

TEST(Endpoint, IsWrittenAsItIsRead) {
  for (const char* text : {"127.0.0.1:8000", "[::1]:80", "example.com:0"}) {
    EXPECT_EQ(Format(*ParseEndpoint(text)), text);
  }
}

TEST(Endpoint, APortIsADecimalNumberOfSixteenBits) {
  EXPECT_EQ(ParsePort("0"), 0);
  EXPECT_EQ(ParsePort("65535"), 65535);
  for (const char* bad : {"", "65536", "100000", "+80", "-1", " 80", "80 ", "0x50", "http"}) {
    EXPECT_EQ(ParsePort(bad), std::nullopt) << bad;
  }
}

TEST(Endpoint, KnowsWhichAddressesAreThisMachinesOwn) {
  EXPECT_TRUE((Endpoint{"127.0.0.1", 1}).loopback());
  EXPECT_TRUE((Endpoint{"127.8.9.10", 1}).loopback());
  EXPECT_TRUE((Endpoint{"localhost", 1}).loopback());
  EXPECT_TRUE((Endpoint{"::1", 1}).loopback());
  EXPECT_FALSE((Endpoint{"0.0.0.0", 1}).loopback());
  EXPECT_FALSE((Endpoint{"::", 1}).loopback());
  EXPECT_FALSE((Endpoint{"127.0.0.1.example.com", 1}).loopback());
}

TEST(Endpoint, TwoCollideWhereOnePortWouldBeListenedOnTwice) {
  const struct {
    const char* a;
    const char* b;
    bool collide;
  } rows[] = {{"127.0.0.1:80", "127.0.0.1:80", true},  {"127.0.0.1:80", "127.0.0.1:81", false},
              {"127.0.0.1:80", "127.0.0.2:80", false}, {"localhost:80", "127.0.0.1:80", true},
              {"0.0.0.0:80", "10.0.0.1:80", true},     {"[::]:80", "127.0.0.1:80", true},
              {"127.0.0.1:0", "127.0.0.1:0", false}};
  for (const auto& row : rows) {
    const Endpoint a = *ParseEndpoint(row.a);
    const Endpoint b = *ParseEndpoint(row.b);
    EXPECT_EQ(Collide(a, b), row.collide) << row.a << " " << row.b;
    EXPECT_EQ(Collide(b, a), row.collide) << row.b << " " << row.a;
  }
}

}  // namespace
}  // namespace moorage::config
