#include "edge/net/connection_table.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "foundation/base/testing/fake_clock.h"

namespace moorage::net {
namespace {

// What the codecs of a test have seen.
struct Seen {
  int closed = 0;
  bool owes = false;  // an answer on every connection
};

// Sends back what arrives. The text "bye" ends the connection.
class EchoCodec : public Codec {
 public:
  EchoCodec(Wire& wire, Seen& seen) : wire_(wire), seen_(seen) {}

  std::size_t Consume(std::string_view bytes) override {
    wire_.output().Append(bytes);
    if (bytes.find("bye") != std::string_view::npos) wire_.CloseAfterOutput();
    return bytes.size();
  }
  bool wants_input() const override { return true; }
  std::size_t wanted_bytes() const override { return 0; }
  void OnEndOfInput() override { wire_.Abort(); }
  void OnOutputLow() override {}
  void OnNoMemory() override {}
  void OnDeadline() override { wire_.CloseAfterOutput(); }
  void OnClosed() override { ++seen_.closed; }
  void StartDrain(base::Instant idle_until) override { wire_.SetDeadline(idle_until); }
  bool idle() const override { return !seen_.owes; }

 private:
  Wire& wire_;
  Seen& seen_;
};

// Does one step at the end of each tick, and stops the reactor after the last.
class Steps : public TickObserver {
 public:
  Steps(Reactor& reactor, std::vector<std::function<void()>> steps)
      : reactor_(reactor), steps_(std::move(steps)) {}
  void EndTick() override {
    if (next_ == steps_.size()) return reactor_.Stop();
    steps_[next_++]();
    reactor_.RequestTick();
  }

 private:
  Reactor& reactor_;
  std::vector<std::function<void()>> steps_;
  std::size_t next_ = 0;
};

// A table on the test's thread, tick by tick, with connections to itself.
class ConnectionTableTest : public testing::Test {
 protected:
  ConnectionTableTest()
      : table_(reactor_, {}, [this](std::string_view /*first*/, Wire& wire) {
          return std::make_unique<EchoCodec>(wire, seen_);
        }) {}

  // The client's end of a new connection.
  UniqueFd Connect() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    table_.Adopt(UniqueFd(ends[1]), "192.0.2.1:49152");
    return UniqueFd(ends[0]);
  }
  static void SendText(const UniqueFd& client, std::string_view text) {
    EXPECT_EQ(::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  // "-" if nothing has come, "end" at the end.
  static std::string ReceiveText(const UniqueFd& client) {
    char room[64];
    const ssize_t got = ::recv(client.get(), room, sizeof(room), 0);
    if (got == 0) return "end";
    return got < 0 ? "-" : std::string(room, static_cast<std::size_t>(got));
  }
  void Run(std::vector<std::function<void()>> steps) {
    Steps observer(reactor_, std::move(steps));
    reactor_.AddObserver(observer);
    reactor_.AddObserver(table_);
    reactor_.RequestTick();
    reactor_.Run();
  }

  base::FakeClock clock_;
  Reactor reactor_{clock_, {.pulse = base::Duration{0}}};
  Seen seen_;
  ConnectionTable table_;
};

TEST_F(ConnectionTableTest, SendsWhatATickAnswersAtItsEnd) {
  const UniqueFd one = Connect();
  const UniqueFd other = Connect();
  EXPECT_EQ(table_.size(), 2U);
  SendText(one, "a");
  SendText(other, "b");
  Run({[&] {
         EXPECT_EQ(ReceiveText(one) + ReceiveText(other), "--")
             << "output is sent at the end of the tick";
       },
       [&] { EXPECT_EQ(ReceiveText(one) + ReceiveText(other), "ab"); }});
}

TEST_F(ConnectionTableTest, RemovesAConnectionThatThePeerHasClosed) {
  UniqueFd one = Connect();
  const UniqueFd other = Connect();
  SendText(one, "hello");
  Run({[] {}, [&] { one.Reset(); }, [] {}, [] {},
       [&] {
         EXPECT_EQ(table_.size(), 1U);
         EXPECT_EQ(seen_.closed, 1);
       }});
}

TEST_F(ConnectionTableTest, CountsConnectionsThatAreOwedAnAnswer) {
  const UniqueFd one = Connect();
  const UniqueFd other = Connect();
  SendText(one, "a");
  Run({[] {}, [] {},
       [&] {
         EXPECT_EQ(table_.busy(), 0U);
         seen_.owes = true;
         EXPECT_EQ(table_.busy(), 1U) << "the other has asked nothing";
       }});
}

TEST_F(ConnectionTableTest, CallsBackWhenItIsDrained) {
  const UniqueFd quiet = Connect();
  UniqueFd busy = Connect();
  bool drained = false;
  SendText(quiet, "a");
  SendText(busy, "b");
  Run({[] {},
       [&] {
         table_.StartDrain(reactor_.now() + std::chrono::seconds(1), [&] { drained = true; });
       },
       [&] {
         SendText(busy, "bye");
         EXPECT_FALSE(drained);
       },
       [] {}, [&] { busy.Reset(); }, [&] { clock_.Advance(std::chrono::seconds(2)); }, [] {}, [] {},
       [&] {
         EXPECT_EQ(ReceiveText(quiet), "a");
         EXPECT_EQ(ReceiveText(quiet), "end") << "its grace is over";
         EXPECT_FALSE(drained) << "the quiet client has not ended its half";
         ::shutdown(quiet.get(), SHUT_WR);
       },
       [] {}, [] {}});
  EXPECT_EQ(table_.size(), 0U);
  EXPECT_TRUE(drained);
}

TEST_F(ConnectionTableTest, ShedsTheLongestIdleConnection) {
  const UniqueFd first = Connect();
  const UniqueFd second = Connect();
  Run({[&] { clock_.Advance(std::chrono::seconds(1)); }, [&] { SendText(first, "a"); }, [] {},
       [] {},
       [&] {
         EXPECT_TRUE(table_.ShedLongestIdle());
         EXPECT_EQ(ReceiveText(first), "a");
         EXPECT_EQ(ReceiveText(first), "-") << "it was active later";
         EXPECT_EQ(ReceiveText(second), "end");
         EXPECT_EQ(table_.ended(EarlyEnd::kShed), 1U);
         seen_.owes = true;
         EXPECT_FALSE(table_.ShedLongestIdle()) << "an answer is owed";
         seen_.owes = false;
       }});
  EXPECT_EQ(table_.size(), 1U);
}

TEST_F(ConnectionTableTest, EndsAllAtOnce) {
  const UniqueFd one = Connect();
  const UniqueFd other = Connect();
  SendText(one, "a");
  Run({[] {}, [] {}, [&] { table_.CloseAll(); }});
  EXPECT_EQ(table_.size(), 0U);
  EXPECT_EQ(seen_.closed, 1) << "the other never had a codec";
  EXPECT_EQ(ReceiveText(one), "a");
  EXPECT_EQ(ReceiveText(one), "end");
  EXPECT_EQ(ReceiveText(other), "end");
}

TEST_F(ConnectionTableTest, UsesBuffersAgainUnlessTheyHaveGrownLarge) {
  json::ByteBuffer buffer = table_.TakeBuffer();
  buffer.Append(std::string(5000, 'x'));
  const std::size_t grown = buffer.capacity();
  table_.ReturnBuffer(std::move(buffer));
  json::ByteBuffer again = table_.TakeBuffer();
  EXPECT_TRUE(again.empty());
  EXPECT_EQ(again.capacity(), grown);
  again.Append(std::string(1 << 20, 'x'));
  table_.ReturnBuffer(std::move(again));
  EXPECT_LT(table_.TakeBuffer().capacity(), 64U << 10U);
}

}  // namespace
}  // namespace moorage::net
