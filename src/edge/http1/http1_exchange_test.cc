#include "edge/http1/http1_exchange.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "edge/api/testing/test_service.h"
#include "edge/http1/http1_codec.h"
#include "edge/net/testing/fake_wire.h"
#include "edge/net/testing/test_client.h"
#include "foundation/base/memory_budget.h"
#include "foundation/base/testing/fake_clock.h"

namespace moorage::http1 {
namespace {

constexpr api::Operation kGet{.name = "get", .method = api::Method::kGet, .path = "/x"};

// One request on one connection, whose exchange the test answers itself.
class Http1ExchangeTest : public testing::Test {
 protected:
  Http1ExchangeTest() {
    service_.On(kGet, [this](api::ExchangeRef exchange, const api::PathParameters& /*path*/) {
      exchange_ = std::move(exchange);
    });
  }
  ~Http1ExchangeTest() override {
    exchange_.reset();
    codec_.OnClosed();
    EXPECT_EQ(http1_.in_use(), 0U) << "exchanges were lost";
  }

  api::Exchange& Ask(std::string_view head = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n") {
    wire_.Arrive(codec_, head);
    return *exchange_;
  }
  std::vector<int> Reported() const {
    std::vector<int> statuses;
    for (const auto& call : service_.observer().calls()) statuses.push_back(call.status);
    return statuses;
  }

  base::FakeClock clock_;
  base::MemoryBudget budget_{std::size_t{64} << 20U};
  mutable api::TestService service_{clock_};
  Http1Service http1_{service_.dispatcher(), clock_, {}};
  net::FakeWire wire_;
  Http1Codec codec_{wire_, http1_};
  api::ExchangeRef exchange_;
};

TEST_F(Http1ExchangeTest, IsAnsweredOnceWhateverIsTriedAfterwards) {
  api::Exchange& exchange = Ask();
  exchange.Send({.body = "first"});
  exchange.Send({.body = "second"});
  exchange.Fail({base::Code::kInternal, "third"});
  exchange.Begin({});
  EXPECT_FALSE(exchange.Write("fourth"));
  exchange.Finish();
  std::string sent = wire_.TakeSent();
  EXPECT_EQ(net::TakeAnswer(sent)->body, "first");
  EXPECT_EQ(sent, "");
  EXPECT_EQ(Reported(), std::vector<int>{200});
}

TEST_F(Http1ExchangeTest, StreamsOnlyBetweenBeginAndFinish) {
  api::Exchange& exchange = Ask();
  EXPECT_FALSE(exchange.Write("too early"));
  exchange.Finish();
  EXPECT_EQ(wire_.TakeSent(), "");
  exchange.Begin({.status = 202, .content_type = "text/plain"});
  EXPECT_TRUE(exchange.Write("a"));
  EXPECT_TRUE(exchange.Write(""));  // an empty chunk would end the stream
  EXPECT_TRUE(exchange.Write("bc"));
  exchange.Finish();
  EXPECT_FALSE(exchange.Write("too late"));
  const std::string sent = wire_.TakeSent();
  EXPECT_TRUE(sent.starts_with("HTTP/1.1 202 Accepted\r\n")) << sent;
  EXPECT_TRUE(sent.ends_with("\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n")) << sent;
  EXPECT_EQ(Reported(), std::vector<int>{202});
}

TEST_F(Http1ExchangeTest, HasNoBodyWhereTheStatusForbidsOne) {
  Ask().Send({.status = 204, .body = "never sent"});
  const std::string sent = wire_.TakeSent();
  EXPECT_TRUE(sent.starts_with("HTTP/1.1 204 No Content\r\n")) << sent;
  EXPECT_TRUE(sent.ends_with("\r\n\r\n")) << sent;
  EXPECT_EQ(sent.find("Content-Length"), std::string::npos);
}

TEST_F(Http1ExchangeTest, IsDiscardedAndReportedAs499OnceTheClientIsGone) {
  api::Exchange& exchange = Ask();
  codec_.OnClosed();
  EXPECT_FALSE(exchange.alive());
  bool resumed = false;
  exchange.WhenWritable([&] { resumed = true; });
  EXPECT_TRUE(resumed) << "a handler must not wait for a client that is gone";
  exchange.Send({.body = "discarded"});
  EXPECT_EQ(wire_.TakeSent(), "");
  EXPECT_EQ(Reported(), std::vector<int>{499});
}

TEST_F(Http1ExchangeTest, IsReportedOnceWhereNoHandlerAnswersAClientThatIsGone) {
  Ask();
  codec_.OnClosed();
  exchange_.reset();
  EXPECT_EQ(Reported(), std::vector<int>{499});
}

TEST_F(Http1ExchangeTest, TellsItsHandlerOnceThatTheClientHasGone) {
  int told = 0;
  Ask().WhenGone([&] { ++told; });
  EXPECT_EQ(told, 0);
  codec_.OnClosed();
  EXPECT_EQ(told, 1);
  exchange_->Send({.body = "late"});
  exchange_->WhenGone([&] { ++told; });
  EXPECT_EQ(told, 2) << "a client that has gone already is told of at once";
}

TEST_F(Http1ExchangeTest, TellsNoHandlerOfAClientThatLeavesAfterItsAnswer) {
  int told = 0;
  api::Exchange& exchange = Ask();
  exchange.WhenGone([&] { ++told; });
  exchange.Send({.body = "whole"});
  codec_.OnClosed();
  EXPECT_EQ(told, 0);
}

TEST_F(Http1ExchangeTest, SendsALargeBodyFromTheMemoryInWhichItLies) {
  const auto memory_of = [&](char c) {
    api::AnswerMemory memory{.bytes = {},
                             .charge = base::MemoryCharge(budget_, base::MemoryPurpose::kAnswers)};
    memory.bytes.LeaveFront(api::AnswerMemory::kFront);
    memory.bytes.Append(std::string(200'000, c));
    EXPECT_TRUE(memory.charge.Resize(memory.bytes.capacity()).ok());
    return memory;
  };
  wire_.set_has_memory(false);  // what is there is charged already
  api::AnswerMemory only = memory_of('a');
  const char* const body = only.bytes.view().data();
  Ask().Send({.body = only.bytes.view(), .memory = &only});
  const std::string_view output = wire_.output().view();
  EXPECT_EQ(output.data() + output.find(std::string(200'000, 'a')), body);
  std::string sent = wire_.TakeSent();
  EXPECT_EQ(net::TakeAnswer(sent)->body, std::string(200'000, 'a'));

  // Of two pipelined requests the second is answered first. It is held with its charge.
  Ask();
  const api::ExchangeRef first = std::move(exchange_);
  api::AnswerMemory late = memory_of('b');
  Ask().Send({.body = late.bytes.view(), .memory = &late});
  EXPECT_EQ(wire_.TakeSent(), "");
  EXPECT_EQ(late.charge.bytes(), 0U);
  EXPECT_GE(budget_.used(), 200'000U);
  first->Send({.body = "first"});
  sent = wire_.TakeSent();
  EXPECT_EQ(net::TakeAnswer(sent)->body, "first");
  EXPECT_EQ(net::TakeAnswer(sent)->body, std::string(200'000, 'b'));
  EXPECT_EQ(sent, "");
  EXPECT_EQ(Reported(), (std::vector<int>{200, 200, 200}));
}

TEST_F(Http1ExchangeTest, CopiesABodyWhoseMemoryItCannotSendFrom) {
  // A small answer is cheaper to copy.
  api::AnswerMemory small;
  small.bytes.Append("small");
  Ask().Send({.body = small.bytes.view(), .memory = &small});
  std::string sent = wire_.TakeSent();
  EXPECT_EQ(net::TakeAnswer(sent)->body, "small");
  // Memory without room for the head.
  api::AnswerMemory tight;
  tight.bytes.Append(std::string(200'000, 'a'));
  Ask().Send({.body = tight.bytes.view(), .memory = &tight});
  sent = wire_.TakeSent();
  EXPECT_EQ(net::TakeAnswer(sent)->body, std::string(200'000, 'a'));
}

TEST_F(Http1ExchangeTest, ForgetsTheRequestWhenItsHandlerReturns) {
  api::Exchange& exchange = Ask("GET /x?secret=1 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(exchange.request().path, "");
  EXPECT_EQ(exchange.request().query, "");
  EXPECT_TRUE(exchange.request().headers.empty());
  EXPECT_EQ(exchange.facts().path, "/x") << "the access record needs it";
}

TEST_F(Http1ExchangeTest, BeginsEachCallAnew) {
  api::Exchange& first = Ask("GET /x HTTP/1.1\r\nHost: a\r\nX-Request-Id: one\r\n\r\n");
  first.facts().error = "left over";
  first.facts().rows = 7;
  first.Send({});
  exchange_.reset();
  api::Exchange& second = Ask();
  EXPECT_NE(second.context().request_id, "one");
  EXPECT_EQ(second.facts().error, "");
  EXPECT_EQ(second.facts().rows, 0U);
  EXPECT_EQ(second.context().peer, "192.0.2.1:49152");
}

TEST_F(Http1ExchangeTest, CompressesForAClientThatTakesIt) {
  const std::string text(5000, 'x');
  Ask("GET /x HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n").Send({.body = text});
  std::string sent = wire_.TakeSent();
  const auto answer = net::TakeAnswer(sent);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->headers.at("content-encoding"), "gzip");
  EXPECT_EQ(answer->headers.at("vary"), "Accept-Encoding");
  EXPECT_LT(answer->body.size(), 200U);
  EXPECT_EQ(service_.observer().calls().at(0).body, text) << "the record is readable";
}

TEST_F(Http1ExchangeTest, SendsWhatIsCompressedAlreadyAsItIs) {
  const std::string packed(5000, 'x');
  const api::Header coding = {"Content-Encoding", "gzip"};
  Ask("GET /x HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
      .Send({.body = packed, .headers = {&coding, 1}, .readable_body = "text"});
  std::string sent = wire_.TakeSent();
  const auto answer = net::TakeAnswer(sent);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body, packed);
  EXPECT_EQ(answer->headers.at("vary"), "Accept-Encoding");
  EXPECT_EQ(service_.observer().calls().at(0).body, "text");
}

TEST_F(Http1ExchangeTest, SendsPlainTextToOthersAndWhereCompressionGainsNothing) {
  const std::string text(5000, 'x');
  Ask().Send({.body = text});
  exchange_.reset();
  Ask("GET /x HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
      .Send({.body = std::string_view(text).substr(0, 1024)});
  std::string sent = wire_.TakeSent();
  EXPECT_EQ(net::TakeAnswer(sent)->body, text);
  const auto small = net::TakeAnswer(sent);
  EXPECT_FALSE(small->headers.contains("content-encoding"));
  EXPECT_EQ(small->body.size(), 1024U);
}

}  // namespace
}  // namespace moorage::http1
