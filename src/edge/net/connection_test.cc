#include "edge/net/connection.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "foundation/base/testing/fake_clock.h"

namespace moorage::net {
namespace {

using std::chrono::seconds;

// Reads are scripted, writes are collected.
class ScriptedTransport : public Transport {
 public:
  struct Script {
    std::deque<std::string> arrivals;
    bool ended = false;  // the peer has sent FIN
    std::string sent;
    bool sent_fin = false;
    std::size_t takes = SIZE_MAX;  // bytes of the next writes
    std::size_t unacknowledged = 0;
    int handshake_steps = 0;         // that are left
    bool writes_to_read = false;     // the next read has to write first
    std::string chosen;              // the protocol
    std::deque<std::string> buffer;  // taken from the socket, not reported by epoll
  };

  explicit ScriptedTransport(Script& script) : script_(script), fd_(::eventfd(0, EFD_NONBLOCK)) {}

  State Handshake() override {
    wants_ = script_.handshake_steps > 1 ? Wants::kWrite : Wants::kNothing;
    if (script_.handshake_steps == 0) return State::kOk;
    --script_.handshake_steps;
    return State::kWouldBlock;
  }
  std::string_view Protocol() const override { return script_.chosen; }
  Wants wants() const override { return wants_; }
  std::size_t Pending() const override {
    return script_.buffer.empty() ? 0 : script_.buffer.front().size();
  }
  std::optional<std::size_t> Unacknowledged() const override { return script_.unacknowledged; }

  Result Read(std::span<char> room) override {
    if (std::exchange(script_.writes_to_read, false)) {
      wants_ = Wants::kWrite;
      return {State::kWouldBlock, 0};
    }
    wants_ = Wants::kNothing;
    if (script_.arrivals.empty() && !script_.buffer.empty()) {
      script_.arrivals.push_back(script_.buffer.front());
      script_.buffer.pop_front();
    }
    if (script_.arrivals.empty()) {
      return {script_.ended ? State::kEnd : State::kWouldBlock, 0};
    }
    const std::string bytes = std::exchange(script_.arrivals.front(), {});
    script_.arrivals.pop_front();
    EXPECT_LE(bytes.size(), room.size());
    std::ranges::copy(bytes, room.begin());
    return {State::kOk, bytes.size()};
  }
  Result Write(std::string_view bytes) override {
    const std::string_view taken = bytes.substr(0, script_.takes);
    if (taken.empty()) return {State::kWouldBlock, 0};
    script_.sent += taken;
    return {State::kOk, taken.size()};
  }
  void ShutdownWrite() override { script_.sent_fin = true; }
  int fd() const override { return fd_.get(); }

 private:
  Script& script_;
  UniqueFd fd_;
  Wants wants_ = Wants::kNothing;
};

// Records what it is given. Takes nothing while it is paused.
class RecordingCodec : public Codec {
 public:
  struct Record {
    std::string taken;
    bool paused = false;
    int ends = 0;
    int closes = 0;  // of the peer's side
    int no_memory = 0;
    int deadlines = 0;
    bool takes_memory = false;
    TakenInput memory;
  };

  RecordingCodec(Record& record, Wire& wire) : record_(record), wire_(wire) {}

  std::size_t Consume(std::string_view bytes) override {
    if (record_.paused) return 0;
    record_.taken += bytes;
    if (record_.takes_memory) record_.memory = wire_.TakeInput();
    return bytes.size();
  }
  bool wants_input() const override { return !record_.paused; }
  std::size_t wanted_bytes() const override { return 0; }
  void OnEndOfInput() override { ++record_.ends; }
  void OnPeerClosed() override { ++record_.closes; }
  void OnOutputLow() override {}
  void OnNoMemory() override {
    ++record_.no_memory;
    record_.paused = false;  // it takes and discards from now on
  }
  void OnDeadline() override { ++record_.deadlines; }
  void OnClosed() override {}
  void StartDrain(base::Instant /*idle_until*/) override {}
  bool idle() const override { return true; }

 private:
  Record& record_;
  Wire& wire_;
};

// One connection, whose protocol shows with the second byte.
class ConnectionTest : public testing::Test, protected ConnectionHost {
 protected:
  ConnectionTest()
      : connection_(*this, std::make_unique<ScriptedTransport>(script_), "192.0.2.1:49152",
                    limits_) {
    EXPECT_TRUE(connection_.Open());
  }

  void Arrive(std::string bytes) {
    script_.arrivals.push_back(std::move(bytes));
    connection_.OnEvents(EPOLLIN);
    connection_.EndTick();
  }
  void ArriveEnd() {
    script_.ended = true;
    connection_.OnEvents(EPOLLIN);
    connection_.EndTick();
  }
  void SendAndClose(std::string_view text) {
    connection_.output().Append(text);
    connection_.CloseAfterOutput();
  }
  base::Instant After(base::Duration time) const { return connection_.now() + time; }

  bool HasEnded(EarlyEnd end) const { return ended_ == end; }

  ScriptedTransport::Script script_;
  base::MemoryBudget budget_{64U << 10U};
  RecordingCodec::Record codec_;

 private:
  Reactor& reactor() override { return reactor_; }
  base::MemoryBudget* memory() override { return &budget_; }
  void Count(EarlyEnd end) override { ended_ = end; }
  std::span<char> scratch() override { return scratch_; }
  json::ByteBuffer TakeBuffer() override {
    json::ByteBuffer buffer;
    buffer.Room(64);
    return buffer;
  }
  void ReturnBuffer(json::ByteBuffer /*buffer*/) override {}
  void Touch(Connection& /*connection*/) override {}
  std::unique_ptr<Codec> ChooseCodec(std::string_view first, Wire& wire) override {
    return first.size() < 2 ? nullptr : std::make_unique<RecordingCodec>(codec_, wire);
  }

  base::FakeClock clock_;
  Reactor reactor_{clock_, {}};
  std::optional<EarlyEnd> ended_;
  std::array<char, 16384> scratch_{};

 protected:
  ConnectionLimits limits_{.write_window_bytes = 100, .linger_bytes = 8};
  Connection connection_;
};

TEST_F(ConnectionTest, KeepsTheFirstBytesUntilACodecIsChosen) {
  Arrive("a");
  EXPECT_EQ(codec_.taken, "");
  Arrive("b");
  EXPECT_EQ(codec_.taken, "ab");
}

TEST_F(ConnectionTest, GivesItsInputWithTheChargeToACodecThatTakesIt) {
  Arrive("a");
  codec_.takes_memory = true;
  Arrive("bc");
  EXPECT_EQ(codec_.memory.memory.view(), "abc");
  EXPECT_EQ(budget_.used(base::MemoryPurpose::kInput), codec_.memory.memory.capacity());
  Arrive("de");
  EXPECT_EQ(codec_.taken, "abcde");
  EXPECT_TRUE(codec_.memory.memory.empty()) << "a read of its own lies in shared memory";
  EXPECT_EQ(budget_.used(), 0U);
}

TEST_F(ConnectionTest, EndsWhenThePeerEndsBeforeACodecIsChosen) {
  Arrive("a");
  ArriveEnd();
  EXPECT_EQ(connection_.state(), ConnectionState::kGone);
}

TEST_F(ConnectionTest, LingersAfterItsOutputUntilThePeerEnds) {
  Arrive("ab");
  SendAndClose("bye");
  EXPECT_EQ(connection_.state(), ConnectionState::kClosing);
  EXPECT_EQ(script_.sent, "");
  connection_.EndTick();
  EXPECT_EQ(connection_.state(), ConnectionState::kLingering);
  EXPECT_EQ(script_.sent, "bye");
  EXPECT_TRUE(script_.sent_fin);
  Arrive("late");
  EXPECT_EQ(codec_.taken, "ab") << "input is discarded";
  connection_.CloseAfterOutput();
  EXPECT_EQ(connection_.state(), ConnectionState::kLingering) << "it is closed only once";
  ArriveEnd();
  EXPECT_EQ(connection_.state(), ConnectionState::kGone);
}

TEST_F(ConnectionTest, DoesNotLingerWhenThePeerHasEndedBefore) {
  Arrive("ab");
  ArriveEnd();
  EXPECT_EQ(codec_.ends, 1);
  EXPECT_EQ(connection_.state(), ConnectionState::kOpen) << "the codec may still answer";
  SendAndClose("bye");
  connection_.EndTick();
  EXPECT_EQ(script_.sent, "bye");
  EXPECT_EQ(connection_.state(), ConnectionState::kGone);
}

TEST_F(ConnectionTest, LingersForALimitedNumberOfBytesAndALimitedTime) {
  Arrive("ab");
  SendAndClose("bye");
  connection_.EndTick();
  Arrive("8 bytes.");
  EXPECT_EQ(connection_.state(), ConnectionState::kLingering);
  connection_.OnPulse(After(seconds(1)));
  EXPECT_EQ(connection_.state(), ConnectionState::kLingering);
  Arrive("9");
  EXPECT_EQ(connection_.state(), ConnectionState::kGone);
}

TEST_F(ConnectionTest, IsGoneWhenThePeerIsSilentWhileItLingers) {
  Arrive("ab");
  SendAndClose("bye");
  connection_.EndTick();
  connection_.OnPulse(After(seconds(2)));
  EXPECT_EQ(connection_.state(), ConnectionState::kGone);
}

TEST_F(ConnectionTest, DeliversTheEndOnceAndAfterAllInput) {
  codec_.paused = true;
  Arrive("abc");
  ArriveEnd();
  EXPECT_EQ(codec_.ends, 0) << "the codec has not taken its input";
  codec_.paused = false;
  connection_.Resume();
  connection_.EndTick();
  EXPECT_EQ(codec_.taken, "abc");
  EXPECT_EQ(codec_.ends, 1);
  connection_.Resume();
  connection_.EndTick();
  EXPECT_EQ(codec_.ends, 1);
}

TEST_F(ConnectionTest, HandsADeadlineToTheCodec) {
  Arrive("ab");
  connection_.SetDeadline(After(seconds(5)));
  connection_.OnPulse(After(seconds(4)));
  EXPECT_EQ(codec_.deadlines, 0);
  connection_.OnPulse(After(seconds(5)));
  connection_.OnPulse(After(seconds(6)));
  EXPECT_EQ(codec_.deadlines, 1);
}

TEST_F(ConnectionTest, NotifiesAPausedCodecThatThePeerHasClosedItsSide) {
  codec_.paused = true;
  Arrive("abc");
  connection_.OnEvents(EPOLLRDHUP);
  EXPECT_EQ(codec_.closes, 0) << "the service has its turn first";
  connection_.EndTick();
  EXPECT_EQ(codec_.closes, 1);
  EXPECT_EQ(codec_.ends, 0) << "the input is not read to its end";
}

TEST_F(ConnectionTest, KeepsAReaderThatIsSlowAndSteady) {
  Arrive("ab");
  script_.takes = 400;
  script_.unacknowledged = 400;
  connection_.output().Append(std::string(1000, 'x'));
  connection_.EndTick();
  script_.takes = 0;  // the kernel has no room, although the peer reads
  script_.unacknowledged = 290;
  connection_.OnPulse(After(seconds(30)));
  EXPECT_EQ(connection_.state(), ConnectionState::kOpen);
}

TEST_F(ConnectionTest, EndsForAReaderThatTakesTooLittle) {
  Arrive("ab");
  script_.takes = 400;
  script_.unacknowledged = 400;
  connection_.output().Append(std::string(1000, 'x'));
  connection_.EndTick();
  script_.unacknowledged = 301;
  connection_.OnPulse(After(seconds(29)));
  EXPECT_EQ(connection_.state(), ConnectionState::kOpen);
  connection_.OnPulse(After(seconds(30)));
  EXPECT_EQ(connection_.state(), ConnectionState::kGone);
  EXPECT_TRUE(HasEnded(EarlyEnd::kSlowReader));
}

TEST_F(ConnectionTest, ChargesInputAndReturnsItsMemory) {
  codec_.paused = true;
  Arrive("ab");
  EXPECT_GT(budget_.used(base::MemoryPurpose::kInput), 0U);
  Arrive(std::string(8000, 'x'));
  EXPECT_EQ(codec_.no_memory, 0);
  EXPECT_GE(budget_.used(base::MemoryPurpose::kInput), 8002U);
  for (int i = 0; i < 4 && codec_.no_memory == 0; ++i) Arrive(std::string(15000, 'x'));
  EXPECT_EQ(codec_.no_memory, 1) << "the budget is 64 KiB";
  EXPECT_EQ(budget_.used(), 0U);
  EXPECT_LE(budget_.refused(base::MemoryPurpose::kInput), 1U);
}

TEST_F(ConnectionTest, ReservesLargeOutputAndReturnsItWhenItIsSent) {
  Arrive("ab");
  EXPECT_FALSE(connection_.ReserveOutput(100'000));
  EXPECT_TRUE(connection_.ReserveOutput(50'000));
  EXPECT_GE(budget_.used(base::MemoryPurpose::kAnswers), 50'000U);
  connection_.output().Append(std::string(50'000, 'x'));
  connection_.EndTick();
  EXPECT_EQ(budget_.used(), 0U);
}

TEST_F(ConnectionTest, EndsWhereUnsentOutputFindsNoMemory) {
  Arrive("ab");
  script_.takes = 1;
  connection_.output().Append(std::string(100'000, 'x'));
  connection_.EndTick();
  EXPECT_EQ(connection_.state(), ConnectionState::kGone);
  EXPECT_TRUE(HasEnded(EarlyEnd::kNoMemory));
}

TEST_F(ConnectionTest, ShakesHandsInSeveralTurnsBeforeItReads) {
  script_.handshake_steps = 2;
  Connection other(*this, std::make_unique<ScriptedTransport>(script_), "192.0.2.2:1", limits_);
  ASSERT_TRUE(other.Open());
  EXPECT_EQ(other.state(), ConnectionState::kHandshaking);
  other.EndTick();
  script_.arrivals.emplace_back("ab");
  other.OnEvents(EPOLLOUT);
  EXPECT_EQ(codec_.taken, "") << "the bytes are of the handshake";
  other.OnEvents(EPOLLIN);
  EXPECT_EQ(other.state(), ConnectionState::kOpen);
  other.OnEvents(EPOLLIN);
  EXPECT_EQ(codec_.taken, "ab");
}

TEST_F(ConnectionTest, EndsAHandshakeThatTakesTooLong) {
  script_.handshake_steps = 9;
  Connection other(*this, std::make_unique<ScriptedTransport>(script_), "192.0.2.2:1", limits_);
  ASSERT_TRUE(other.Open());
  other.OnPulse(After(seconds(9)));
  EXPECT_EQ(other.state(), ConnectionState::kHandshaking);
  other.OnPulse(After(seconds(10)));
  EXPECT_EQ(other.state(), ConnectionState::kGone);
}

TEST_F(ConnectionTest, ReadsOnWhenATransportHasWrittenWhatItHadTo) {
  script_.writes_to_read = true;
  Arrive("ab");
  EXPECT_EQ(codec_.taken, "");
  connection_.OnEvents(EPOLLOUT);
  EXPECT_EQ(codec_.taken, "ab");
}

TEST_F(ConnectionTest, ReadsWhatATransportHoldsWithoutAnEvent) {
  script_.buffer.emplace_back("cd");
  Arrive("ab");
  EXPECT_EQ(codec_.taken, "abcd");
}

TEST_F(ConnectionTest, StaysGone) {
  Arrive("ab");
  connection_.Abort();
  connection_.Abort();
  SendAndClose("never sent");
  connection_.EndTick();
  Arrive("c");
  EXPECT_EQ(connection_.state(), ConnectionState::kGone);
  EXPECT_EQ(script_.sent, "");
  EXPECT_EQ(codec_.taken, "ab");
}

}  // namespace
}  // namespace moorage::net
