#include "edge/http1/http1_codec.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "edge/api/testing/test_service.h"
#include "edge/net/testing/fake_wire.h"
#include "edge/net/testing/test_client.h"
#include "foundation/base/memory_budget.h"
#include "foundation/base/testing/fake_clock.h"

namespace moorage::http1 {
namespace {

using std::chrono::seconds;

constexpr api::Operation kEcho{.name = "echo", .method = api::Method::kPost, .path = "/echo"};
constexpr api::Operation kEchoGet{.name = "echo_get", .method = api::Method::kGet, .path = "/echo"};
constexpr api::Operation kLater{.name = "later", .method = api::Method::kPost, .path = "/later"};
constexpr api::Operation kStream{.name = "stream", .method = api::Method::kGet, .path = "/stream"};
constexpr api::Operation kForget{.name = "forget", .method = api::Method::kGet, .path = "/forget"};
constexpr api::Operation kHeaders{
    .name = "headers", .method = api::Method::kGet, .path = "/headers"};

// One connection with a codec of its own and handlers that echo, wait, stream or forget.
class Http1CodecTest : public testing::Test {
 protected:
  Http1CodecTest() : service_(clock_, {.max_body = 64}) {
    limits_.skipped_body = 8;
    limits_.max_pipelined = 4;
    limits_.high_water = 4096;
    limits_.body_window_bytes = 20;
    service_.On(kEcho, api::AnswerEcho).On(kEchoGet, api::AnswerEcho);
    const auto keep = [this](api::ExchangeRef exchange, const api::PathParameters& /*path*/) {
      bodies_.emplace_back(exchange->request().body);
      waiting_.push_back(std::move(exchange));
    };
    service_.On(kLater, keep).On(kStream, keep);
    service_.On(kForget, [](api::ExchangeRef /*exchange*/, const api::PathParameters& /*path*/) {});
    service_.On(kHeaders, [](api::ExchangeRef exchange, const api::PathParameters& /*path*/) {
      const api::Header headers[] = {{"X-Good", "yes"}, {"X-Bad", "a\r\nSet-Cookie: b"}};
      exchange->Send({.status = 204, .headers = headers});
    });
    Connect();
  }
  ~Http1CodecTest() override {
    waiting_.clear();
    codec_.reset();
    EXPECT_EQ(http1_->in_use(), 0U) << "exchanges were lost";
  }

  base::MemoryBudget& Bound(std::size_t bytes) {
    budget_ = std::make_unique<base::MemoryBudget>(bytes);
    wire_->set_memory(budget_.get());
    return *budget_;
  }

  void Connect() {
    waiting_.clear();
    codec_.reset();
    if (http1_ == nullptr) {
      http1_ = std::make_unique<Http1Service>(service_.dispatcher(), clock_, limits_);
    }
    wire_ = std::make_unique<net::FakeWire>();
    codec_ = std::make_unique<Http1Codec>(*wire_, *http1_);
  }
  void Arrive(std::string_view bytes) { wire_->Arrive(*codec_, bytes); }
  // All complete answers sent since the last call.
  std::vector<net::WireAnswer> Answers() {
    sent_ += wire_->TakeSent();
    std::vector<net::WireAnswer> answers;
    while (auto answer = net::TakeAnswer(sent_)) answers.push_back(*std::move(answer));
    return answers;
  }
  net::WireAnswer Only() {
    auto answers = Answers();
    EXPECT_EQ(answers.size(), 1U);
    EXPECT_EQ(sent_, "") << "behind the answer";
    return answers.empty() ? net::WireAnswer{} : answers.front();
  }
  void AnswerWaiting(std::size_t which, std::string_view body) {
    waiting_[which]->Send({.body = body});
    waiting_[which].reset();
  }
  void Pass(base::Duration time) {
    wire_->Advance(time);
    if (wire_->now() >= wire_->deadline()) codec_->OnDeadline();
  }

  // Exchanges that are free keep a little memory, with its charge.
  std::unique_ptr<base::MemoryBudget> budget_;
  base::FakeClock clock_;
  Http1Limits limits_;
  api::TestService service_;
  std::unique_ptr<Http1Service> http1_;
  std::unique_ptr<net::FakeWire> wire_;
  std::unique_ptr<Http1Codec> codec_;
  std::vector<api::ExchangeRef> waiting_;
  std::vector<std::string> bodies_;
  std::string sent_;
};

TEST_F(Http1CodecTest, WritesAnAnswerWithTheHeadersThatClientsNeed) {
  Arrive("GET /echo HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\n\r\n");
  EXPECT_EQ(wire_->TakeSent(),
            "HTTP/1.1 200 OK\r\nDate: Tue, 27 Jan 2026 01:08:12 GMT\r\nContent-Type: text/plain\r\n"
            "Content-Length: 12\r\nX-Request-Id: mine\r\n\r\nGET /echo ? ");
}

TEST_F(Http1CodecTest, ReadsARequestAlikeHoweverItIsCut) {
  const std::string requests[] = {
      net::PostText("/echo?a=b", "hello"),
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nT: u\r\n\r\n",
      "\r\n\r\nPOST http://a/%65cho HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"};
  for (const std::string& request : requests) {
    Connect();
    Arrive(request);
    const std::string expected = Only().body;
    for (std::size_t cut = 1; cut < request.size(); ++cut) {
      Connect();
      Arrive(request.substr(0, cut));
      Arrive(request.substr(cut));
      EXPECT_EQ(Only().body, expected) << cut;
    }
    Connect();
    for (const char byte : request) Arrive({&byte, 1});
    EXPECT_EQ(Only().body, expected);
    Connect();
    Arrive(request + request + request);
    const auto answers = Answers();
    ASSERT_EQ(answers.size(), 3U);
    for (const auto& answer : answers) EXPECT_EQ(answer.body, expected);
  }
}

TEST_F(Http1CodecTest, SendsPipelinedAnswersInTheOrderOfTheRequests) {
  Arrive(net::PostText("/later", "a") + net::PostText("/later", "b") + net::PostText("/echo", "c"));
  ASSERT_EQ(waiting_.size(), 2U);
  EXPECT_EQ(Answers().size(), 0U);
  AnswerWaiting(1, "second");
  EXPECT_EQ(Answers().size(), 0U);
  AnswerWaiting(0, "first");
  const auto answers = Answers();
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0].body, "first");
  EXPECT_EQ(answers[1].body, "second");
  EXPECT_EQ(answers[2].body, "POST /echo ? c");
}

TEST_F(Http1CodecTest, ReadsNoFurtherThanTheBoundOfPipelinedRequests) {
  std::string requests;
  for (int i = 0; i < 10; ++i) requests += net::PostText("/later", std::to_string(i));
  Arrive(requests);
  EXPECT_EQ(waiting_.size(), 4U);
  EXPECT_FALSE(codec_->wants_input());
  AnswerWaiting(0, "x");
  EXPECT_TRUE(codec_->wants_input());
  Arrive("");
  EXPECT_EQ(waiting_.size(), 5U);
  for (std::size_t i = 1; i < 10; ++i) {
    Arrive("");
    ASSERT_GT(waiting_.size(), i);
    AnswerWaiting(i, "x");
  }
  EXPECT_EQ(bodies_.back(), "9");
  EXPECT_EQ(Answers().size(), 10U);
  EXPECT_EQ(wire_->pending(), 0U);
}

TEST_F(Http1CodecTest, StopsTakingRequestsWhileTheClientDoesNotRead) {
  const std::string big(60, 'x');
  std::string requests;
  for (int i = 0; i < 100; ++i) requests += net::PostText("/echo", big);
  Arrive(requests);
  EXPECT_GT(wire_->pending(), 0U);
  EXPECT_FALSE(codec_->wants_input());
  EXPECT_TRUE(wire_->watches_output());
  std::size_t answered = 0;
  for (int i = 0; i < 100 && answered < 100; ++i) {
    answered += Answers().size();
    codec_->OnOutputLow();
    Arrive("");
  }
  EXPECT_EQ(answered, 100U);
}

TEST_F(Http1CodecTest, StreamsInChunksAndKeepsTheConnection) {
  Arrive(net::GetText("/stream") + net::GetText("/echo"));
  waiting_[0]->Begin({.content_type = "text/event-stream"});
  EXPECT_TRUE(waiting_[0]->Write("hello"));
  EXPECT_TRUE(waiting_[0]->Write(""));
  EXPECT_TRUE(waiting_[0]->Write(std::string(300, 'x')));
  EXPECT_EQ(Answers().size(), 0U);
  waiting_[0]->Finish();
  waiting_.clear();
  const auto answers = Answers();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].body, "hello" + std::string(300, 'x'));
  EXPECT_EQ(answers[0].headers.at("transfer-encoding"), "chunked");
  EXPECT_EQ(answers[1].status, 200);
  EXPECT_FALSE(wire_->closed());
}

TEST_F(Http1CodecTest, HoldsAStreamBackUntilItsTurn) {
  Arrive(net::PostText("/later", "a") + net::GetText("/stream"));
  waiting_[1]->Begin({.content_type = "text/plain"});
  waiting_[1]->Write("early ");
  AnswerWaiting(0, "first");
  waiting_[1]->Write("late");
  waiting_[1]->Finish();
  waiting_.clear();
  const auto answers = Answers();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].body, "first");
  EXPECT_EQ(answers[1].body, "early late");
}

TEST_F(Http1CodecTest, PausesAStreamAndResumesIt) {
  Arrive(net::GetText("/stream"));
  waiting_[0]->Begin({});
  EXPECT_FALSE(waiting_[0]->Write(std::string(5000, 'x')));
  int resumed = 0;
  waiting_[0]->WhenWritable([&] { ++resumed; });
  EXPECT_TRUE(wire_->watches_output());
  EXPECT_EQ(resumed, 0);
  wire_->TakeSent();
  codec_->OnOutputLow();
  codec_->OnOutputLow();
  EXPECT_EQ(resumed, 1);
  waiting_[0]->WhenWritable([&] { ++resumed; });
  codec_->OnClosed();
  EXPECT_EQ(resumed, 2);
  EXPECT_FALSE(waiting_[0]->alive());
  EXPECT_FALSE(waiting_[0]->Write("x"));
}

TEST_F(Http1CodecTest, EndsAStreamOfHttp10WithTheConnection) {
  Arrive("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  waiting_[0]->Begin({.content_type = "text/plain"});
  waiting_[0]->Write("hello");
  waiting_[0]->Finish();
  waiting_.clear();
  const std::string sent = wire_->TakeSent();
  EXPECT_TRUE(sent.ends_with("Connection: close\r\n\r\nhello")) << sent;
  EXPECT_EQ(sent.find("chunked"), std::string::npos);
  EXPECT_TRUE(wire_->closed());
}

TEST_F(Http1CodecTest, BreaksTheConnectionOfAStreamThatIsNeverFinished) {
  Arrive(net::GetText("/stream"));
  waiting_[0]->Begin({});
  waiting_[0]->Write("half");
  waiting_.clear();
  EXPECT_TRUE(wire_->aborted());
}

TEST_F(Http1CodecTest, Answers500ForAHandlerThatForgets) {
  Arrive(net::GetText("/forget"));
  EXPECT_EQ(Only().status, 500);
}

TEST_F(Http1CodecTest, DiscardsAnswersOnceTheClientIsGone) {
  Arrive(net::PostText("/later", "a"));
  EXPECT_TRUE(waiting_[0]->alive());
  codec_->OnClosed();
  EXPECT_FALSE(waiting_[0]->alive());
  AnswerWaiting(0, "discarded");
  const auto calls = service_.observer().calls();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].status, 499);
}

TEST_F(Http1CodecTest, KeepsTheBodyOfAHeadAnswerToItself) {
  Arrive("HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string sent = wire_->TakeSent();
  EXPECT_NE(sent.find("Content-Length: 13\r\n"), std::string::npos) << sent;
  EXPECT_TRUE(sent.ends_with("\r\n\r\n")) << sent;
}

TEST_F(Http1CodecTest, LeavesOutHeadersThatWouldForgeOthers) {
  Arrive(net::GetText("/headers"));
  const net::WireAnswer answer = Only();
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.headers.at("x-good"), "yes");
  EXPECT_FALSE(answer.headers.contains("x-bad"));
  EXPECT_FALSE(answer.headers.contains("set-cookie"));
  EXPECT_FALSE(answer.headers.contains("content-length"));
}

TEST_F(Http1CodecTest, ClosesWhenTheClientAsksForIt) {
  Arrive("GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + net::GetText("/echo"));
  EXPECT_TRUE(Only().closes());
  EXPECT_TRUE(wire_->closed());
}

TEST_F(Http1CodecTest, SpeaksHttp10WithAndWithoutKeepAlive) {
  Arrive("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(Only().headers.at("connection"), "keep-alive");
  EXPECT_FALSE(wire_->closed());
  Arrive("GET /echo HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(Only().closes());
  EXPECT_TRUE(wire_->closed());
}

TEST_F(Http1CodecTest, AnswersFramingErrorsInTurnAndCloses) {
  Arrive(net::PostText("/later", "a") + "BROKEN\r\n\r\n" + net::GetText("/echo"));
  EXPECT_EQ(Answers().size(), 0U);
  AnswerWaiting(0, "first");
  const auto answers = Answers();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].status, 200);
  EXPECT_EQ(answers[1].status, 400);
  EXPECT_TRUE(answers[1].closes());
  EXPECT_TRUE(wire_->closed());
}

TEST_F(Http1CodecTest, NeverReadsASmuggledRequest) {
  const std::string hidden = net::GetText("/echo?smuggled");
  for (const std::string_view framing :
       {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: xchunked\r\n",
        "Content-Length: 0\r\nContent-Length: 44\r\n", "Content-Length: 0\r\nContent-Length: 0\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Content-Length: 0\r\n Content-Length: 44\r\n", "Content-Length : 0\r\n",
        "Transfer-Encoding:\x0b"
        "chunked\r\n",
        "Content-Length: 0\nX: y\r\n"}) {
    Connect();
    sent_.clear();
    Arrive("POST /echo HTTP/1.1\r\nHost: a\r\n" + std::string(framing) + "\r\n0\r\n\r\n" + hidden);
    const auto answers = Answers();
    ASSERT_EQ(answers.size(), 1U) << framing;
    EXPECT_GE(answers[0].status, 400) << framing;
    EXPECT_TRUE(wire_->closed()) << framing;
  }
}

TEST_F(Http1CodecTest, RefusesALargeBodyBeforeItArrives) {
  Arrive("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65\r\n\r\n");
  EXPECT_EQ(Only().status, 413);
  EXPECT_TRUE(wire_->closed());
  Connect();
  Arrive(
      "POST /api/v2/x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
      "Content-Length: 99999999999999999999\r\n\r\n");
  const net::WireAnswer answer = Only();
  EXPECT_EQ(answer.status, 404) << "the path is judged first";
  EXPECT_EQ(answer.headers.at("api-version"), "v2");
  Connect();
  Arrive("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n41\r\n");
  EXPECT_EQ(Only().status, 413);
}

TEST_F(Http1CodecTest, AnswersAHeadThatCannotBeServedBeforeItsBody) {
  for (const std::string_view head :
       {"POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 60\r\n\r\n",
        "POST /none HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST /none HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"}) {
    Connect();
    sent_.clear();
    Arrive(head);
    const net::WireAnswer answer = Only();
    EXPECT_EQ(answer.status, 404) << head;
    EXPECT_TRUE(answer.closes()) << head;
    EXPECT_TRUE(wire_->closed()) << head;
    Arrive("0123456789");
    EXPECT_EQ(wire_->pending(), 0U) << "a body that nothing asked for is kept";
  }
}

TEST_F(Http1CodecTest, SkipsAShortRefusedBodyAndKeepsTheConnection) {
  Arrive("POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n1234");
  const net::WireAnswer refused = Only();
  EXPECT_EQ(refused.status, 404);
  EXPECT_FALSE(refused.closes());
  EXPECT_EQ(wire_->pending(), 0U);
  EXPECT_FALSE(codec_->idle());
  Arrive("5678" + net::GetText("/echo"));
  EXPECT_EQ(Only().body, "GET /echo ? ");
  EXPECT_FALSE(wire_->closed());
}

TEST_F(Http1CodecTest, ClosesWhenARefusedBodyDoesNotArrive) {
  Arrive("POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n");
  EXPECT_EQ(Only().status, 404);
  Pass(seconds(30));
  EXPECT_TRUE(wire_->closed());
  EXPECT_EQ(wire_->TakeSent(), "") << "it was answered before";
}

TEST_F(Http1CodecTest, RecordsARequestWhoseClientLeavesInItsBody) {
  Arrive("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n1234");
  codec_->OnClosed();
  const auto calls = service_.observer().calls();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].status, 499);
  EXPECT_EQ(calls[0].operation, "echo");
}

TEST_F(Http1CodecTest, RefusesABodyThatEndsEarly) {
  Arrive("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n1234");
  codec_->OnEndOfInput();
  EXPECT_EQ(Only().status, 400);
  EXPECT_TRUE(wire_->closed());
}

TEST_F(Http1CodecTest, NeverTimesOutARequestThatItDoesNotRead) {
  limits_.max_pipelined = 1;
  http1_ = nullptr;
  Connect();
  Arrive(net::PostText("/later", "a") + "POST /echo HTTP/1.1\r\n");
  Pass(seconds(60));
  AnswerWaiting(0, "first");
  Arrive("Host: a\r\n\r\n");
  const auto answers = Answers();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[1].status, 200);
}

TEST_F(Http1CodecTest, StopsTheClockOfABodyWhileItDoesNotRead) {
  Arrive("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 60\r\n\r\n");
  wire_->output().Append(std::string(4096, 'x'));
  EXPECT_FALSE(codec_->wants_input());
  Pass(seconds(30));
  EXPECT_FALSE(wire_->closed());
  wire_->TakeSent();
  codec_->OnOutputLow();
  Pass(seconds(29));
  EXPECT_FALSE(wire_->closed());
  Arrive(std::string(60, 'y'));
  EXPECT_EQ(Only().status, 200);
}

TEST_F(Http1CodecTest, CountsFromTheFirstByteOfTheHead) {
  const base::Instant begin = wire_->now();
  wire_->set_waited(seconds(2));
  Arrive("POST /later HTTP/1.1\r\n");
  wire_->Advance(seconds(1));
  Arrive("Host: a\r\nContent-Length: 1\r\n\r\n");
  wire_->set_waited(base::Duration{0});
  wire_->Advance(seconds(1));
  Arrive("x");
  ASSERT_EQ(waiting_.size(), 1U);
  EXPECT_EQ(waiting_[0]->facts().start, begin - seconds(2));
}

TEST_F(Http1CodecTest, CountsTheTimeOfARequestThatWaitsForItsTurnToBeRead) {
  const base::Instant begin = wire_->now();
  std::string requests;
  for (int i = 0; i < 5; ++i) requests += net::PostText("/later", std::to_string(i));
  Arrive(requests);
  EXPECT_EQ(waiting_.size(), 4U);
  wire_->Advance(seconds(3));
  AnswerWaiting(0, "x");
  Arrive("");
  ASSERT_EQ(waiting_.size(), 5U);
  EXPECT_EQ(waiting_[4]->facts().start, begin);
}

TEST_F(Http1CodecTest, NotifiesHandlersOfAClientThatClosesItsSide) {
  int gone = 0;
  Arrive(net::PostText("/later", "a") + net::PostText("/later", "b"));
  for (const auto& exchange : waiting_) exchange->WhenGone([&] { ++gone; });
  codec_->OnPeerClosed();
  EXPECT_EQ(gone, 2);
  codec_->OnPeerClosed();
  EXPECT_EQ(gone, 2) << "once a call";
  EXPECT_TRUE(waiting_[0]->alive()) << "it may still read";
  AnswerWaiting(0, "x");
  EXPECT_EQ(Only().body, "x");
}

TEST_F(Http1CodecTest, RefusesABodyThatFindsNoMemory) {
  base::MemoryBudget& budget = Bound(1024);
  {
    const auto other = budget.Take(512, base::MemoryPurpose::kRows);
    Arrive("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n");
    const net::WireAnswer answer = Only();
    EXPECT_EQ(answer.status, 429);
    EXPECT_EQ(answer.headers.at("retry-after"), "1");
    EXPECT_TRUE(wire_->closed());
  }
  EXPECT_EQ(budget.used(), 0U);
}

TEST_F(Http1CodecTest, RefusesWhatItReceivesWhereTheConnectionHasNoMemory) {
  Arrive("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 60\r\n\r\n");
  codec_->OnNoMemory();
  EXPECT_EQ(Only().status, 429);
  codec_->OnNoMemory();
  EXPECT_EQ(wire_->TakeSent(), "");
}

TEST_F(Http1CodecTest, AnswersThatThereIsNoMemoryForALargeAnswer) {
  Arrive(net::PostText("/later", "a"));
  wire_->set_has_memory(false);
  AnswerWaiting(0, std::string(100'000, 'x'));
  EXPECT_EQ(Only().status, 503);
  const auto calls = service_.observer().calls();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].status, 503);
}

TEST_F(Http1CodecTest, ChargesAnswersThatWaitForTheirTurn) {
  const base::MemoryBudget& budget = Bound(std::size_t{64} << 10U);
  Arrive(net::PostText("/later", "a") + net::PostText("/later", "b") +
         net::PostText("/later", "c"));
  AnswerWaiting(1, std::string(2000, 'x'));
  EXPECT_GE(budget.used(base::MemoryPurpose::kAnswers), 2000U);
  AnswerWaiting(2, std::string(63'000, 'y'));  // there is no room for it
  AnswerWaiting(0, "first");
  std::string sent = wire_->TakeSent();
  EXPECT_EQ(net::TakeAnswer(sent)->body, "first");
  EXPECT_EQ(net::TakeAnswer(sent)->body, std::string(2000, 'x'));
  EXPECT_EQ(net::TakeAnswer(sent)->status, 503);
}

TEST_F(Http1CodecTest, HandsALargeAnswerThatWaitedToTheWire) {
  const base::MemoryBudget& budget = Bound(std::size_t{4} << 20U);
  Arrive(net::PostText("/later", "a") + net::PostText("/later", "b"));
  AnswerWaiting(1, std::string(1'000'000, 'x'));
  EXPECT_GE(budget.used(base::MemoryPurpose::kAnswers), 1'000'000U);
  AnswerWaiting(0, "first");
  EXPECT_LE(budget.used(base::MemoryPurpose::kAnswers), 64U << 10U);
  std::string sent = wire_->TakeSent();
  EXPECT_EQ(net::TakeAnswer(sent)->body, "first");
  EXPECT_EQ(net::TakeAnswer(sent)->body.size(), 1'000'000U);
}

// A handler that takes the body of its request.
class Http1BodyTest : public Http1CodecTest {
 protected:
  Http1BodyTest() {
    service_.On(kTake, [this](api::ExchangeRef exchange, const api::PathParameters& /*path*/) {
      before_ = exchange->request().body.data();
      auto taken = exchange->TakeBody({});
      ASSERT_TRUE(taken.ok());
      body_ = *std::move(taken);
      exchange->Send({.body = "taken"});
    });
  }

  static constexpr api::Operation kTake{
      .name = "take", .method = api::Method::kPost, .path = "/take"};
  const char* before_ = nullptr;
  api::OwnedBody body_;
};

TEST_F(Http1BodyTest, IsTakenInTheMemoryInWhichItArrived) {
  Arrive("POST /take HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
  Arrive("abcde");
  EXPECT_EQ(Only().body, "taken");
  EXPECT_EQ(body_.text().data(), before_);
  EXPECT_EQ(body_.text(), "abcde");
  Arrive(net::PostText("/echo", "next"));
  EXPECT_EQ(Only().body, "POST /echo ? next");
}

TEST_F(Http1BodyTest, IsTakenOutOfItsChunksWithItsCharge) {
  const base::MemoryBudget& budget = Bound(std::size_t{64} << 10U);
  Arrive(
      "POST /take HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n");
  EXPECT_EQ(Only().body, "taken");
  EXPECT_EQ(body_.text().data(), before_);
  EXPECT_EQ(body_.text(), "abcde");
  EXPECT_GT(budget.used(), 0U);
  body_.Release();
  EXPECT_EQ(budget.used(), 0U);
}

TEST_F(Http1BodyTest, IsCopiedWhereAnotherRequestFollows) {
  Arrive("POST /take HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
  Arrive("abcde" + net::PostText("/echo", "next"));
  EXPECT_NE(body_.text().data(), before_);
  EXPECT_EQ(body_.text(), "abcde");
  std::string sent = wire_->TakeSent();
  EXPECT_EQ(net::TakeAnswer(sent)->body, "taken");
  EXPECT_EQ(net::TakeAnswer(sent)->body, "POST /echo ? next");
}

TEST_F(Http1CodecTest, HoldsNoDrainForHalfAHead) {
  Arrive("GET /echo HTTP/1.1\r\n");
  codec_->StartDrain(wire_->now() + seconds(1));
  Pass(seconds(1));
  EXPECT_TRUE(wire_->closed());
  EXPECT_EQ(wire_->TakeSent(), "");
}

TEST_F(Http1CodecTest, KeepsTheNameOfAMethodThatItDoesNotKnow) {
  Arrive("BREW /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  const net::WireAnswer answer = Only();
  EXPECT_EQ(answer.status, 501);
  EXPECT_NE(answer.body.find("BREW"), std::string::npos) << answer.body;
}

TEST_F(Http1CodecTest, InvitesABodyThatWaitsForAnInvitation) {
  const std::string head =
      "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  Arrive(head);
  EXPECT_EQ(wire_->TakeSent(), "HTTP/1.1 100 Continue\r\n\r\n");
  Arrive("hi");
  EXPECT_EQ(Only().status, 200);
  Arrive(head + "hi");
  EXPECT_EQ(Only().status, 200);  // it came uninvited
  Arrive(net::PostText("/later", "a") + head);
  EXPECT_EQ(wire_->TakeSent(), "");
  AnswerWaiting(0, "first");
  const auto answers = Answers();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[1].status, 100);
}

TEST_F(Http1CodecTest, TakesAPostWithoutLengthAsEmpty) {
  Arrive("POST /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(Only().body, "POST /echo ? ");
}

TEST_F(Http1CodecTest, RefusesTheHttp2PrefaceWith505) {
  Arrive("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  EXPECT_EQ(Only().status, 505);
  EXPECT_TRUE(wire_->closed());
}

TEST_F(Http1CodecTest, RefusesEndlessEmptyLines) {
  for (int i = 0; i < 10; ++i) Arrive("\r\n");
  EXPECT_EQ(Only().status, 400);
}

TEST_F(Http1CodecTest, GivesAHeadTenSeconds) {
  Arrive("GET /echo HTTP/1.1\r\n");
  Pass(seconds(9));
  Arrive("X: y\r\n");
  EXPECT_EQ(Answers().size(), 0U);
  Pass(seconds(1));
  EXPECT_EQ(Only().status, 408);
  EXPECT_TRUE(wire_->closed());
}

TEST_F(Http1CodecTest, GivesABodyTimeAsLongAsItProgresses) {
  Arrive("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 60\r\n\r\n");
  Arrive(std::string(20, 'x'));
  Pass(seconds(30));
  Arrive(std::string(20, 'x'));
  Pass(seconds(30));
  EXPECT_EQ(Answers().size(), 0U);
  Arrive(std::string(19, 'x'));
  Pass(seconds(30));
  EXPECT_EQ(Only().status, 408);
}

TEST_F(Http1CodecTest, ClosesAnIdleConnectionWithoutAnAnswer) {
  Arrive(net::GetText("/echo"));
  Answers();
  Pass(seconds(74));
  EXPECT_FALSE(wire_->closed());
  Pass(seconds(1));
  EXPECT_TRUE(wire_->closed());
  EXPECT_EQ(wire_->TakeSent(), "");
}

TEST_F(Http1CodecTest, NeverTimesOutARequestThatIsBeingAnswered) {
  Arrive(net::PostText("/later", "a"));
  EXPECT_EQ(wire_->deadline(), base::Instant::max());
  AnswerWaiting(0, "x");
  EXPECT_EQ(wire_->deadline(), wire_->now() + seconds(75));
}

TEST_F(Http1CodecTest, AnswersAClientThatHasFinishedSending) {
  Arrive(net::PostText("/later", "a"));
  codec_->OnEndOfInput();
  EXPECT_FALSE(wire_->closed());
  AnswerWaiting(0, "x");
  EXPECT_EQ(Only().body, "x");
  EXPECT_TRUE(wire_->closed());
}

TEST_F(Http1CodecTest, DrainsWithACloseOnTheLastAnswer) {
  Arrive(net::PostText("/later", "a") + net::PostText("/later", "b"));
  codec_->StartDrain(wire_->now() + seconds(1));
  EXPECT_FALSE(codec_->idle());
  AnswerWaiting(0, "first");
  EXPECT_FALSE(wire_->closed());
  AnswerWaiting(1, "second");
  const auto answers = Answers();
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_FALSE(answers[0].closes());
  EXPECT_TRUE(answers[1].closes());
  EXPECT_TRUE(wire_->closed());
}

TEST_F(Http1CodecTest, AnswersWhatIsAskedInTheGraceOfADrain) {
  Arrive(net::GetText("/echo"));
  Answers();
  codec_->StartDrain(wire_->now() + seconds(1));
  EXPECT_TRUE(codec_->idle());
  EXPECT_FALSE(wire_->closed());
  Arrive(net::GetText("/echo"));
  EXPECT_TRUE(Only().closes());
  EXPECT_TRUE(wire_->closed());

  Connect();
  codec_->StartDrain(wire_->now() + seconds(1));
  Pass(seconds(1));
  EXPECT_TRUE(wire_->closed());
}

TEST_F(Http1CodecTest, UsesExchangesAgain) {
  for (int i = 0; i < 100; ++i) {
    Arrive(net::PostText("/echo", "x"));
    EXPECT_EQ(Only().status, 200);
  }
  EXPECT_EQ(http1_->in_use(), 0U);
  const auto calls = service_.observer().calls();
  ASSERT_EQ(calls.size(), 100U);
  EXPECT_NE(calls[0].request_id, calls[1].request_id);
}

}  // namespace
}  // namespace moorage::http1
