#include "edge/api/waiting_calls.h"

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "edge/api/testing/fake_authenticator.h"
#include "edge/api/testing/fake_exchange.h"
#include "edge/api/testing/test_service.h"
#include "foundation/base/memory_budget.h"
#include "foundation/base/testing/fake_clock.h"

namespace moorage::api {
namespace {

using base::Code;
using std::chrono::seconds;

constexpr Operation kSlowEcho{
    .name = "echo", .method = Method::kPost, .path = "/models/{name}/echo", .json_body = true};

// A dispatcher whose authenticator answers later.
class WaitingCallsTest : public testing::Test {
 protected:
  WaitingCallsTest() {
    service_.On(kSlowEcho, [this](ExchangeRef exchange, const PathParameters& path) {
      ++handled_;
      AnswerEcho(std::move(exchange), path);
    });
  }

  // Does as a codec, which uses its buffer again when the dispatcher has returned.
  void Ask(FakeExchange& call) {
    call.facts().start = clock_.Monotonic();
    service_.dispatcher().Dispatch(call.ref());
    call.Overwrite();
  }

  FakeExchange& Post(std::string_view target, std::string_view body) {
    return calls_.emplace_back(Method::kPost, target, body);
  }

  base::FakeClock clock_;
  std::deque<FakeExchange> calls_;  // outlive the dispatcher, as the exchanges of a codec do
  FakeAuthenticator keys_;
  TestService service_{clock_, {.timeout = seconds(5), .max_body = 16, .max_waiting = 3}, keys_};
  int handled_ = 0;
};

TEST_F(WaitingCallsTest, GoOnWithTheirWholeRequestWhenTheyAreAllowedLater) {
  FakeExchange& call = Post("/models/cancer/echo?x=1", R"({"a":1})");
  call.WithHeader("Content-Type", "application/json");
  Ask(call);
  EXPECT_FALSE(call.answered());
  EXPECT_EQ(handled_, 0);
  EXPECT_EQ(service_.dispatcher().waiting(), 1U);
  EXPECT_TRUE(keys_.wanted(0));
  keys_.Allow(0, "ann");
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(call.body(), R"(POST /models/cancer/echo ?x=1 name=cancer {"a":1})");
  EXPECT_EQ(call.context().principal, "ann");
  EXPECT_EQ(call.context().deadline, clock_.Monotonic() + seconds(5));
  EXPECT_TRUE(call.released());
  EXPECT_EQ(service_.dispatcher().waiting(), 0U);
}

TEST_F(WaitingCallsTest, AreCheckedLikeCallsThatWereAllowedAtOnce) {
  FakeExchange& call = Post("/models/cancer/echo", "a,b");
  call.WithHeader("Content-Type", "text/csv");
  Ask(call);
  keys_.Allow(0);
  EXPECT_EQ(call.status(), 415);
  EXPECT_EQ(handled_, 0);
}

TEST_F(WaitingCallsTest, AreAnsweredWithTheRefusal) {
  FakeExchange& call = Post("/models/cancer/echo", "{}");
  Ask(call);
  keys_.Refuse(0, {Code::kUnauthenticated, "the key is not in the key set"});
  EXPECT_EQ(call.status(), 401);
  EXPECT_EQ(call.error()->message, "the key is not in the key set");
  EXPECT_EQ(handled_, 0);
  EXPECT_TRUE(call.released());
}

TEST_F(WaitingCallsTest, AreDecidedOnce) {
  FakeExchange& call = Post("/models/cancer/echo", "{}");
  Ask(call);
  keys_.Allow(0);
  EXPECT_FALSE(keys_.wanted(0));
  keys_.Refuse(0, {Code::kDenied, "too late"});
  keys_.Allow(0);
  EXPECT_EQ(call.status(), 200);
  EXPECT_EQ(handled_, 1);
}

TEST_F(WaitingCallsTest, FailIfTheAuthenticatorNeverDecides) {
  FakeExchange& call = Post("/models/cancer/echo", "{}");
  Ask(call);
  keys_.Abandon(0);
  EXPECT_EQ(call.status(), 500);
  EXPECT_TRUE(call.released());
}

TEST_F(WaitingCallsTest, ReachNoHandlerOnceTheirClientHasGone) {
  FakeExchange& call = Post("/models/cancer/echo", "{}");
  Ask(call);
  call.Disconnect();
  keys_.Allow(0);
  EXPECT_EQ(handled_, 0);
  EXPECT_EQ(call.error()->code, Code::kCancelled);
  EXPECT_TRUE(call.released());
}

TEST_F(WaitingCallsTest, WithoutAClientAreReleasedThoughTheAuthenticatorNeverDecides) {
  FakeExchange& gone = Post("/models/cancer/echo", "{}");
  FakeExchange& patient = Post("/models/cancer/echo", "{}");
  Ask(gone);
  Ask(patient);
  gone.Disconnect();
  service_.dispatcher().DropOverdue();
  EXPECT_TRUE(gone.released());
  EXPECT_FALSE(keys_.wanted(0));
  EXPECT_FALSE(patient.answered());
  EXPECT_TRUE(keys_.wanted(1));
}

TEST_F(WaitingCallsTest, AreAnsweredAtTheirDeadline) {
  FakeExchange& call = Post("/models/cancer/echo", "{}");
  Ask(call);
  clock_.Advance(seconds(5));
  service_.dispatcher().DropOverdue();
  EXPECT_EQ(call.status(), 504);
  keys_.Allow(0);
  EXPECT_EQ(handled_, 0);
}

TEST_F(WaitingCallsTest, AreBoundedInNumber) {
  for (int i = 0; i < 4; ++i) Ask(Post("/models/cancer/echo", "{}"));
  EXPECT_EQ(calls_.back().status(), 429);
  EXPECT_EQ(calls_.back().AnswerHeader("Retry-After"), "1");
  EXPECT_EQ(keys_.asked(), 3U);
  // A call whose client has gone makes room.
  calls_[0].Disconnect();
  FakeExchange& next = Post("/models/cancer/echo", "{}");
  Ask(next);
  EXPECT_FALSE(next.answered());
  EXPECT_EQ(keys_.asked(), 4U);
}

TEST_F(WaitingCallsTest, AreChargedForTheirCopyUntilTheyAreDecided) {
  base::MemoryBudget budget(1500);
  FakeAuthenticator keys;
  TestService service(clock_, {.timeout = seconds(5), .memory = &budget}, keys);
  service.On(kSlowEcho, AnswerEcho);
  const std::string body(1000, ' ');
  FakeExchange& first = Post("/models/cancer/echo", body);
  FakeExchange& second = Post("/models/cancer/echo", body);
  service.dispatcher().Dispatch(first.ref());
  EXPECT_GE(budget.used(base::MemoryPurpose::kInput), body.size());
  service.dispatcher().Dispatch(second.ref());
  EXPECT_EQ(second.status(), 429);
  keys.Allow(0);
  EXPECT_EQ(first.status(), 200);
  EXPECT_EQ(budget.used(), 0U);
}

TEST_F(WaitingCallsTest, AreBoundedInTheBytesOfTheirBodies) {
  FakeExchange& first = Post("/models/cancer/echo", "1234567890");
  FakeExchange& second = Post("/models/cancer/echo", "1234567");
  FakeExchange& third = Post("/models/cancer/echo", "1234567");
  Ask(first);
  Ask(second);
  EXPECT_EQ(second.status(), 429);
  keys_.Allow(0);
  EXPECT_EQ(first.status(), 200);
  Ask(third);
  EXPECT_FALSE(third.answered());
}

TEST_F(WaitingCallsTest, MayBeDecidedInAnyOrder) {
  FakeExchange& first = Post("/models/one/echo", "{}");
  FakeExchange& second = Post("/models/two/echo", "{}");
  Ask(first);
  Ask(second);
  keys_.Allow(1);
  EXPECT_TRUE(second.answered());
  EXPECT_FALSE(first.answered());
  keys_.Allow(0);
  EXPECT_EQ(first.body(), "POST /models/one/echo ? name=one {}");
}

TEST(PendingDecision, DoesNothingOnceItsDispatcherIsGone) {
  const base::FakeClock clock;
  FakeAuthenticator keys;
  FakeExchange call(Method::kPost, "/models/cancer/echo", "{}");
  {
    TestService service(clock, {}, keys);
    service.On(kSlowEcho, AnswerEcho);
    service.dispatcher().Dispatch(call.ref());
  }
  EXPECT_TRUE(call.released());
  EXPECT_FALSE(keys.wanted(0));
  keys.Allow(0);
  keys.Abandon(0);
}

}  // namespace
}  // namespace moorage::api
