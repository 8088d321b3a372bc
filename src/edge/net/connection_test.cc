#include "edge/net/connection.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
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
  };

  explicit ScriptedTransport(Script& script) : script_(script), fd_(::eventfd(0, EFD_NONBLOCK)) {}

  Result Read(std::span<char> room) override {
    if (script_.arrivals.empty()) {
      return {script_.ended ? State::kEnd : State::kWouldBlock, 0};
    }
    const std::string bytes = std::exchange(script_.arrivals.front(), {});
    script_.arrivals.pop_front();
    std::ranges::copy(bytes, room.begin());
    return {State::kOk, bytes.size()};
  }
  Result Write(std::string_view bytes) override {
    script_.sent += bytes;
    return {State::kOk, bytes.size()};
  }
  void ShutdownWrite() override { script_.sent_fin = true; }
  int fd() const override { return fd_.get(); }

 private:
  Script& script_;
  UniqueFd fd_;
};

// Records what it is given. Takes nothing while it is paused.
class RecordingCodec : public Codec {
 public:
  struct Record {
    std::string taken;
    bool paused = false;
    int ends = 0;
    int deadlines = 0;
  };

  explicit RecordingCodec(Record& record) : record_(record) {}

  std::size_t Consume(std::string_view bytes) override {
    if (record_.paused) return 0;
    record_.taken += bytes;
    return bytes.size();
  }
  bool wants_input() const override { return !record_.paused; }
  std::size_t wanted_bytes() const override { return 0; }
  void OnEndOfInput() override { ++record_.ends; }
  void OnOutputLow() override {}
  void OnDeadline() override { ++record_.deadlines; }
  void OnClosed() override {}
  void StartDrain(base::Instant /*idle_until*/) override {}
  bool idle() const override { return true; }

 private:
  Record& record_;
};

// One connection, whose protocol shows with the second byte.
class ConnectionTest : public testing::Test, private ConnectionHost {
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

  ScriptedTransport::Script script_;
  RecordingCodec::Record codec_;

 private:
  Reactor& reactor() override { return reactor_; }
  std::span<char> scratch() override { return scratch_; }
  json::ByteBuffer TakeBuffer() override {
    json::ByteBuffer buffer;
    buffer.Room(64);
    return buffer;
  }
  void ReturnBuffer(json::ByteBuffer /*buffer*/) override {}
  void Touch(Connection& /*connection*/) override {}
  std::unique_ptr<Codec> ChooseCodec(std::string_view first, Wire& /*wire*/) override {
    return first.size() < 2 ? nullptr : std::make_unique<RecordingCodec>(codec_);
  }

  base::FakeClock clock_;
  Reactor reactor_{clock_, {}};
  ConnectionLimits limits_{.linger_bytes = 8};
  std::array<char, 64> scratch_{};

 protected:
  Connection connection_;
};

TEST_F(ConnectionTest, KeepsTheFirstBytesUntilACodecIsChosen) {
  Arrive("a");
  EXPECT_EQ(codec_.taken, "");
  Arrive("b");
  EXPECT_EQ(codec_.taken, "ab");
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
