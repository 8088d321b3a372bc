#include "foundation/base/cancel_token.h"

#include <gtest/gtest.h>

#include <thread>
#include <utility>

namespace moorage::base {
namespace {

TEST(CancelToken, WithoutASourceIsNeverCancelled) {
  const CancelToken token;
  EXPECT_FALSE(token.cancelled());
  EXPECT_TRUE(token.Check().ok());
  int calls = 0;
  const auto subscription = token.WhenCancelled([&] { ++calls; });
  EXPECT_EQ(calls, 0);
}

TEST(CancelToken, KeepsTheFirstReason) {
  CancelSource source;
  const CancelToken token = source.token();
  EXPECT_TRUE(token.Check().ok());
  source.Cancel(CancelReason::kDeadline);
  source.Cancel(CancelReason::kClientGone);
  EXPECT_EQ(token.reason(), CancelReason::kDeadline);
  EXPECT_EQ(token.Check().error().code, Code::kDeadline);
}

TEST(CancelToken, HasACodeForEachReason) {
  const auto code_of = [](CancelReason reason) {
    CancelSource source;
    source.Cancel(reason);
    return source.token().Check().error().code;
  };
  EXPECT_EQ(code_of(CancelReason::kClientGone), Code::kCancelled);
  EXPECT_EQ(code_of(CancelReason::kShutdown), Code::kUnavailable);
}

TEST(CancelToken, CallsEachSubscriberOnce) {
  CancelSource source;
  int first = 0;
  int second = 0;
  const auto one = source.token().WhenCancelled([&] { ++first; });
  const auto two = source.token().WhenCancelled([&] { ++second; });
  source.Cancel(CancelReason::kClientGone);
  source.Cancel(CancelReason::kClientGone);
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 1);
}

TEST(CancelToken, CallsALateSubscriberAtOnce) {
  CancelSource source;
  source.Cancel(CancelReason::kClientGone);
  int calls = 0;
  const auto subscription = source.token().WhenCancelled([&] { ++calls; });
  EXPECT_EQ(calls, 1);
}

TEST(CancelToken, DoesNotCallASubscriberThatHasEnded) {
  CancelSource source;
  int calls = 0;
  {
    const auto subscription = source.token().WhenCancelled([&] { ++calls; });
  }
  auto replaced = source.token().WhenCancelled([&] { ++calls; });
  replaced = CancelToken::Subscription();
  source.Cancel(CancelReason::kClientGone);
  EXPECT_EQ(calls, 0);
}

TEST(CancelToken, EndsASubscriptionOnlyWhenItsCallbackIsOver) {
  for (int round = 0; round < 200; ++round) {
    CancelSource source;
    int used = 0;
    std::thread other;
    {
      const auto subscription = source.token().WhenCancelled([&] { ++used; });
      other = std::thread([&] { source.Cancel(CancelReason::kClientGone); });
    }
    const int seen = used;  // nothing writes it any more
    other.join();
    EXPECT_EQ(used, seen);
  }
}

}  // namespace
}  // namespace moorage::base
