#include "edge/port/tick_end.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <functional>
#include <vector>

#include "edge/api/testing/fake_exchange.h"
#include "edge/api/testing/test_service.h"
#include "foundation/base/testing/fake_clock.h"

namespace moorage::port {
namespace {

using std::chrono::microseconds;

constexpr api::Operation kAsk{.name = "ask", .method = api::Method::kPost, .path = "/ask"};

class Doer : public net::TickObserver {
 public:
  explicit Doer(std::function<void()> at_end) : at_end_(std::move(at_end)) {}
  void EndTick() override { at_end_(); }
  void OnPulse() override { ++pulses; }

  int pulses = 0;

 private:
  std::function<void()> at_end_;
};

class Readable : public net::EventSink {
 public:
  explicit Readable(std::function<void()> read) : read_(std::move(read)) {}
  void OnEvents(std::uint32_t /*events*/) override { read_(); }

 private:
  std::function<void()> read_;
};

// Ticks of which each part takes a known time.
class TickEndTest : public testing::Test {
 protected:
  TickEndTest() : service_(clock_) {
    service_.On(kAsk, [](api::ExchangeRef /*exchange*/, const api::PathParameters& /*path*/) {});
  }

  void Ask(int requests) {
    for (int i = 0; i < requests; ++i) {
      api::FakeExchange call(api::Method::kPost, "/ask");
      service_.dispatcher().Dispatch(call.ref());
    }
  }
  void Answer(int requests, int status = 200) {
    for (int i = 0; i < requests; ++i) {
      api::FakeExchange call(api::Method::kPost, "/ask");
      service_.dispatcher().Finished(call, status, {});
    }
  }

  base::FakeClock clock_;
  api::TestService service_;
  net::Reactor reactor_{clock_, {}};
  StageShard stages_;
};

TEST_F(TickEndTest, DividesReadingAndWritingByTheRequestsOfTheTick) {
  Doer models([&] {
    clock_.Advance(microseconds(300));
    Answer(2);
    Answer(1, 499);  // the client has disconnected
  });
  Doer wires([&] { clock_.Advance(microseconds(10)); });
  TickEnd end(reactor_, service_.dispatcher(), models, wires, &stages_);
  Ask(4);
  clock_.Advance(microseconds(80));  // since the tick's time
  end.EndTick();

  const auto parse = stages_.parse.Snapshot();
  EXPECT_EQ(parse.count(), 4U);
  EXPECT_DOUBLE_EQ(parse.max, 20e-6);
  EXPECT_NEAR(parse.sum, 80e-6, 1e-12);
  const auto write = stages_.write.Snapshot();
  EXPECT_EQ(write.count(), 2U);
  EXPECT_DOUBLE_EQ(write.max, 5e-6);
}

TEST_F(TickEndTest, CountsNothingInATickWithoutRequests) {
  int turns = 0;
  Doer models([&] { ++turns; });
  Doer wires([&] { ++turns; });
  TickEnd end(reactor_, service_.dispatcher(), models, wires, &stages_);
  clock_.Advance(microseconds(80));
  end.EndTick();
  EXPECT_EQ(turns, 2);
  EXPECT_EQ(stages_.parse.Snapshot().count(), 0U);
  EXPECT_EQ(stages_.write.Snapshot().count(), 0U);
}

TEST_F(TickEndTest, DoesNotCountPostedTasksAsReading) {
  net::UniqueFd ready(::eventfd(1, EFD_NONBLOCK));
  Readable connection([&] {
    Ask(1);
    clock_.Advance(microseconds(7));
  });
  ASSERT_TRUE(reactor_.Watch(ready.get(), EPOLLIN, connection));
  reactor_.Post([&] { clock_.Advance(microseconds(500)); });
  Doer models([&] { reactor_.Stop(); });
  Doer wires([] {});
  TickEnd end(reactor_, service_.dispatcher(), models, wires, &stages_);
  reactor_.AddObserver(end);
  reactor_.Run();
  EXPECT_EQ(stages_.parse.Snapshot().count(), 1U);
  EXPECT_DOUBLE_EQ(stages_.parse.Snapshot().max, 7e-6);
}

TEST_F(TickEndTest, GivesTheServiceItsTurnBeforeTheWires) {
  std::vector<std::string> turns;
  Doer models([&] { turns.emplace_back("models"); });
  Doer wires([&] { turns.emplace_back("wires"); });
  TickEnd untimed(reactor_, service_.dispatcher(), models, wires, nullptr);
  untimed.EndTick();
  TickEnd timed(reactor_, service_.dispatcher(), models, wires, &stages_);
  timed.EndTick();
  timed.OnPulse();
  EXPECT_EQ(turns, (std::vector<std::string>{"models", "wires", "models", "wires"}));
  EXPECT_EQ(models.pulses + wires.pulses, 2);
}

}  // namespace
}  // namespace moorage::port
