#include "edge/api/decoding_calls.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

#include "edge/api/testing/fake_exchange.h"
#include "edge/api/testing/test_service.h"
#include "foundation/base/testing/fake_clock.h"

namespace moorage::api {
namespace {

constexpr std::size_t kMiB = 1U << 20U;
constexpr Operation kSizes{.name = "sizes", .method = Method::kPost, .path = "/sizes"};

class DecodingCallsTest : public testing::Test {
 protected:
  DecodingCallsTest() {
    service_.On(kSizes, [](ExchangeRef exchange, const PathParameters& /*path*/) {
      exchange->Send({.body = std::to_string(exchange->request().body.size())});
    });
  }

  std::string Compressed(std::size_t bytes) {
    return std::string(*deflater_.Compress(std::string(bytes, 'x')));
  }
  // Asks, and overwrites the request as a codec does.
  void Ask(FakeExchange& call, std::string_view encoding = "gzip") {
    call.WithHeader("Content-Encoding", encoding);
    call.facts().start = clock_.Monotonic();
    service_.dispatcher().Dispatch(call.ref());
    call.Overwrite();
  }

  base::FakeClock clock_;
  base::MemoryBudget budget_{4 * kMiB};
  TestService service_{clock_,
                       {.timeout = std::chrono::seconds(5), .max_body = kMiB, .memory = &budget_}};
  Deflater deflater_;
};

TEST_F(DecodingCallsTest, HandASmallBodyToItsHandlerAtOnce) {
  {
    FakeExchange call(Method::kPost, "/sizes", Compressed(50'000));
    Ask(call);
    EXPECT_EQ(call.status(), 200);
    EXPECT_EQ(call.body(), "50000");
  }
  EXPECT_EQ(budget_.used(), 0U);
}

TEST_F(DecodingCallsTest, GiveTheBodyToAHandlerThatKeepsItWithoutACopy) {
  constexpr Operation kKeep{.name = "keep", .method = Method::kPost, .path = "/keep"};
  OwnedBody kept;
  service_.On(kKeep, [&](ExchangeRef exchange, const PathParameters& /*path*/) {
    const char* const before = exchange->request().body.data();
    base::Result<OwnedBody> taken =
        exchange->TakeBody(base::MemoryCharge(budget_, base::MemoryPurpose::kInput));
    ASSERT_TRUE(taken.ok());
    EXPECT_EQ(taken->text().data(), before);
    kept = *std::move(taken);
    exchange->Send({.body = "kept"});
  });
  {
    FakeExchange call(Method::kPost, "/keep", Compressed(kMiB / 2));
    Ask(call);
    while (service_.dispatcher().is_decoding()) service_.dispatcher().Decode();
    EXPECT_EQ(call.body(), "kept");
  }
  EXPECT_EQ(kept.text(), std::string(kMiB / 2, 'x'));
  EXPECT_GE(budget_.used(), kMiB / 2);
  kept.Release();
  EXPECT_EQ(budget_.used(), 0U);
}

TEST_F(DecodingCallsTest, DecompressALargeBodyInSlices) {
  FakeExchange call(Method::kPost, "/sizes", Compressed(kMiB));
  Ask(call);
  int ticks = 0;
  while (service_.dispatcher().is_decoding() && ++ticks < 100) service_.dispatcher().Decode();
  EXPECT_GE(ticks, 7);
  EXPECT_EQ(call.body(), std::to_string(kMiB));
}

TEST_F(DecodingCallsTest, RefuseABombWhileItIsSmall) {
  FakeExchange call(Method::kPost, "/sizes", Compressed(16 * kMiB));
  Ask(call);
  for (int i = 0; i < 100 && service_.dispatcher().is_decoding(); ++i) {
    EXPECT_LE(budget_.used(), 4 * kMiB);
    service_.dispatcher().Decode();
  }
  EXPECT_EQ(call.status(), 413);
  EXPECT_EQ(budget_.used(), 0U);
}

TEST_F(DecodingCallsTest, RefuseABodyThatFindsNoMemory) {
  const auto large = budget_.Take(budget_.most(), base::MemoryPurpose::kRows);
  const auto small =
      budget_.Take(budget_.limit() - budget_.most() - 100'000, base::MemoryPurpose::kRows);
  ASSERT_TRUE(large.ok() && small.ok());
  FakeExchange call(Method::kPost, "/sizes", Compressed(kMiB));
  Ask(call);
  EXPECT_EQ(call.status(), 429);
  EXPECT_EQ(call.AnswerHeader("Retry-After"), "1");
}

TEST_F(DecodingCallsTest, RefuseWhatIsNotWhatItSays) {
  FakeExchange broken(Method::kPost, "/sizes", "plain");
  Ask(broken);
  EXPECT_EQ(broken.status(), 400);
  FakeExchange unknown(Method::kPost, "/sizes", "plain");
  Ask(unknown, "br");
  EXPECT_EQ(unknown.status(), 415);
  EXPECT_EQ(unknown.AnswerHeader("Accept-Encoding"), "gzip, deflate");
  FakeExchange identity(Method::kPost, "/sizes", "plain");
  Ask(identity, "identity");
  EXPECT_EQ(identity.body(), "5");
}

TEST_F(DecodingCallsTest, EndWithTheirClientAndAtTheirDeadline) {
  FakeExchange gone(Method::kPost, "/sizes", Compressed(kMiB));
  Ask(gone);
  gone.Disconnect();
  FakeExchange late(Method::kPost, "/sizes", Compressed(kMiB));
  Ask(late);
  clock_.Advance(std::chrono::seconds(5));
  service_.dispatcher().Decode();
  service_.dispatcher().Decode();
  EXPECT_TRUE(gone.released());
  EXPECT_EQ(late.status(), 504);
  EXPECT_FALSE(service_.dispatcher().is_decoding());
}

}  // namespace
}  // namespace moorage::api
