#include "edge/http1/http1_protocol.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "edge/api/testing/test_service.h"
#include "edge/net/testing/fake_wire.h"
#include "edge/net/testing/test_client.h"
#include "foundation/base/testing/fake_clock.h"

namespace moorage::http1 {
namespace {

constexpr api::Operation kHello{.name = "hello", .method = api::Method::kPost, .path = "/hello"};

class Http1ProtocolTest : public testing::Test {
 protected:
  Http1ProtocolTest() { service_.On(kHello, api::AnswerEcho); }

  // The status of the answer to the first bytes of a connection.
  int Ask(std::string_view bytes) {
    net::FakeWire wire;
    const auto codec = protocol_->MakeCodec(wire);
    wire.Arrive(*codec, bytes);
    std::string sent = wire.TakeSent();
    const auto answer = net::TakeAnswer(sent);
    return answer.has_value() ? answer->status : 0;
  }

  base::FakeClock clock_;
  api::TestService service_{clock_};
  std::unique_ptr<net::WireProtocol> protocol_ =
      Http1Protocol::Factory({.head = {.target_bytes = 16}})(service_.dispatcher(), clock_);
};

TEST_F(Http1ProtocolTest, TakesEveryConnection) {
  for (const std::string_view bytes :
       {"G", "GET / HTTP/1.1\r\n", "\x16\x03\x01", "PRI * HTTP/2.0"}) {
    EXPECT_EQ(protocol_->Judge(bytes), net::Sniff::kMine);
  }
  EXPECT_EQ(Ask("\x16\x03\x01"), 400) << "it answers what it cannot read";
}

TEST_F(Http1ProtocolTest, MakesCodecsThatKeepItsLimits) {
  EXPECT_EQ(Ask(net::PostText("/hello", "four")), 200);
  EXPECT_EQ(Ask(net::PostText("/hello?and-a-long-query", "four")), 414);
}

TEST_F(Http1ProtocolTest, ReportsNoCallOnceItIsClosed) {
  EXPECT_EQ(Ask(net::PostText("/hello", "")), 200);
  ASSERT_EQ(service_.observer().calls().size(), 1U);
  protocol_->Close();
  EXPECT_EQ(Ask(net::PostText("/hello", "")), 200);
  EXPECT_EQ(service_.observer().calls().size(), 1U);
}

}  // namespace
}  // namespace moorage::http1
