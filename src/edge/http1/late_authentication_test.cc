#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "edge/api/testing/fake_authenticator.h"
#include "edge/api/testing/test_service.h"
#include "edge/http1/http1_codec.h"
#include "edge/net/testing/fake_wire.h"
#include "edge/net/testing/test_client.h"
#include "foundation/base/testing/fake_clock.h"

namespace moorage::http1 {
namespace {

constexpr api::Operation kSlowEcho{
    .name = "slow_echo", .method = api::Method::kPost, .path = "/slow/{name}"};

// One connection to a service whose authenticator answers later.
class LateAuthentication : public testing::Test {
 protected:
  LateAuthentication() { service_.On(kSlowEcho, api::AnswerEcho); }
  ~LateAuthentication() override {
    codec_.OnClosed();
    for (std::size_t i = 0; i < keys_.asked(); ++i) keys_.Abandon(i);
    EXPECT_EQ(http1_.in_use(), 0U) << "exchanges were lost";
  }

  // Sends a request in a buffer that is used again afterwards.
  void Ask(std::string_view name, std::string_view body) {
    std::string request = "POST /slow/" + std::string(name) + " HTTP/1.1\r\nHost: a\r\n";
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
    wire_.Arrive(codec_, request);
    std::ranges::fill(request, '\xDD');
  }
  std::vector<std::string> Bodies() {
    sent_ += wire_.TakeSent();
    std::vector<std::string> bodies;
    while (auto answer = net::TakeAnswer(sent_)) bodies.push_back(answer->body);
    return bodies;
  }
  std::vector<int> Recorded() const {
    std::vector<int> statuses;
    for (const auto& call : service_.observer().calls()) statuses.push_back(call.status);
    return statuses;
  }

  base::FakeClock clock_;
  api::FakeAuthenticator keys_;
  mutable api::TestService service_{clock_, {}, keys_};
  Http1Service http1_{service_.dispatcher(), clock_, {}};
  net::FakeWire wire_;
  Http1Codec codec_{wire_, http1_};
  std::string sent_;
};

TEST_F(LateAuthentication, AnswersInALaterTickWithTheRequestAsItWas) {
  Ask("one", "first body");
  EXPECT_TRUE(Bodies().empty());
  keys_.Allow(0);
  EXPECT_EQ(Bodies(), (std::vector<std::string>{"POST /slow/one ? name=one first body"}));
  EXPECT_EQ(Recorded(), std::vector<int>{200});
}

TEST_F(LateAuthentication, KeepsTheOrderOfPipelinedRequests) {
  Ask("one", "1");
  Ask("two", "2");
  EXPECT_EQ(keys_.asked(), 2U);
  keys_.Allow(1);
  EXPECT_TRUE(Bodies().empty()) << "the first request is not answered yet";
  keys_.Allow(0);
  EXPECT_EQ(Bodies(), (std::vector<std::string>{"POST /slow/one ? name=one 1",
                                                "POST /slow/two ? name=two 2"}));
}

TEST_F(LateAuthentication, RefusesInALaterTickAndKeepsTheConnection) {
  Ask("one", "1");
  keys_.Refuse(0, {base::Code::kUnauthenticated, "the key has expired"});
  const auto refused = Bodies();
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_NE(refused[0].find("the key has expired"), std::string::npos);
  EXPECT_EQ(Recorded(), std::vector<int>{401});
  Ask("two", "2");
  keys_.Allow(1);
  EXPECT_EQ(Bodies().size(), 1U);
}

TEST_F(LateAuthentication, DecidesAHeadBeforeTheBodyIsRead) {
  wire_.Arrive(codec_, "POST /slow/one HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
  ASSERT_EQ(keys_.asked(), 1U);
  EXPECT_FALSE(codec_.wants_input());
  EXPECT_EQ(wire_.deadline(), base::Instant::max()) << "the pause is ours";
  keys_.Allow(0);
  EXPECT_TRUE(codec_.wants_input());
  wire_.Arrive(codec_, "cd");
  EXPECT_EQ(Bodies(), (std::vector<std::string>{"POST /slow/one ? name=one abcd"}));
  EXPECT_EQ(keys_.asked(), 1U) << "a caller is asked for once";
}

TEST_F(LateAuthentication, ClosesAfterARefusalWhoseBodyIsNotRead) {
  wire_.Arrive(codec_, "POST /slow/one HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
  keys_.Refuse(0, {base::Code::kUnauthenticated, "the key has expired"});
  EXPECT_EQ(Bodies().size(), 1U);
  EXPECT_EQ(Recorded(), std::vector<int>{401});
  EXPECT_TRUE(wire_.closed());
}

TEST_F(LateAuthentication, InvitesABodyOnceItsCallerIsAllowed) {
  wire_.Arrive(codec_,
               "POST /slow/one HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
               "Content-Length: 2\r\n\r\n");
  EXPECT_EQ(wire_.TakeSent(), "");
  keys_.Allow(0);
  wire_.Arrive(codec_, "");
  EXPECT_EQ(wire_.TakeSent(), "HTTP/1.1 100 Continue\r\n\r\n");
  wire_.Arrive(codec_, "hi");
  EXPECT_EQ(Bodies(), (std::vector<std::string>{"POST /slow/one ? name=one hi"}));
}

TEST_F(LateAuthentication, EndsACallAtOnceWhoseClientClosesItsSide) {
  Ask("one", "1");
  codec_.OnPeerClosed();
  EXPECT_FALSE(keys_.wanted(0));
  EXPECT_EQ(Recorded(), std::vector<int>{499});
}

TEST_F(LateAuthentication, RecordsACallOnceWhoseClientWentAwayBeforeTheDecision) {
  Ask("one", "1");
  codec_.OnClosed();
  service_.dispatcher().DropOverdue();
  keys_.Allow(0);
  EXPECT_TRUE(Bodies().empty());
  EXPECT_EQ(Recorded(), std::vector<int>{499});
  EXPECT_EQ(http1_.in_use(), 0U);
}

}  // namespace
}  // namespace moorage::http1
