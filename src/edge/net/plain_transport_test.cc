#include "edge/net/plain_transport.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string>

namespace moorage::net {
namespace {

using State = Transport::State;

// A transport and the other end of its connection.
class PlainTransportTest : public testing::Test {
 protected:
  PlainTransportTest() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    peer_ = UniqueFd(ends[0]);
    transport_.emplace(UniqueFd(ends[1]));
  }

  std::optional<PlainTransport> transport_;
  UniqueFd peer_;
  std::array<char, 64> room_{};
};

TEST_F(PlainTransportTest, ReadsWhatThereIsAndThenTheEnd) {
  EXPECT_EQ(transport_->Read(room_).state, State::kWouldBlock);
  ASSERT_EQ(::send(peer_.get(), "hello", 5, 0), 5);
  const Transport::Result read = transport_->Read(room_);
  EXPECT_EQ(read.state, State::kOk);
  EXPECT_EQ(std::string(room_.data(), read.bytes), "hello");
  ASSERT_EQ(::shutdown(peer_.get(), SHUT_WR), 0);
  EXPECT_EQ(transport_->Read(room_).state, State::kEnd);
}

TEST_F(PlainTransportTest, TakesAPartAndThenNothingFromAPeerThatDoesNotRead) {
  const std::string large(1 << 20, 'x');
  std::size_t taken = 0;
  while (true) {
    const Transport::Result wrote = transport_->Write(large);
    if (wrote.state == State::kWouldBlock) {
      EXPECT_EQ(wrote.bytes, 0U);
      break;
    }
    ASSERT_EQ(wrote.state, State::kOk);
    ASSERT_GT(wrote.bytes, 0U);
    taken += wrote.bytes;
    ASSERT_LT(taken, 64U << 20U);
  }
  EXPECT_GT(taken, 0U);
}

TEST_F(PlainTransportTest, GoesOnReadingWhenItWritesNoMore) {
  transport_->ShutdownWrite();
  ASSERT_EQ(::send(peer_.get(), "late", 4, 0), 4);
  EXPECT_EQ(transport_->Read(room_).bytes, 4U);
  EXPECT_EQ(::recv(peer_.get(), room_.data(), room_.size(), 0), 0) << "the peer sees the end";
}

TEST_F(PlainTransportTest, KnowsWhatItsPeerHasNotTaken) {
  EXPECT_EQ(transport_->Unacknowledged(), 0U);
  ASSERT_EQ(transport_->Write("hello").bytes, 5U);
  EXPECT_GT(transport_->Unacknowledged().value_or(0), 0U);
  EXPECT_EQ(::recv(peer_.get(), room_.data(), room_.size(), 0), 5);
  EXPECT_EQ(transport_->Unacknowledged(), 0U);
}

TEST_F(PlainTransportTest, IsBrokenWithoutASignalOnceThePeerHasGone) {
  peer_.Reset();
  EXPECT_EQ(transport_->Write("too late").state, State::kBroken);
}

}  // namespace
}  // namespace moorage::net
