#include "edge/http1/receive_state.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace moorage::http1 {
namespace {

TEST(ReceiveState, ReturnsToIdleAfterEachRequestUntilItEnds) {
  using enum ReceiveState;
  const std::vector<ReceiveState> all = {kIdle, kHead, kBody, kChunks, kEnded, kClosed};
  // One letter a column, in the order of `all`: x is legal, - is not.
  const std::vector<std::string_view> legal = {"xxxxxx",   // from kIdle
                                               "x-xxxx",   // from kHead
                                               "x---xx",   // from kBody
                                               "x---xx",   // from kChunks
                                               "-----x",   // from kEnded
                                               "------"};  // from kClosed
  for (std::size_t from = 0; from < all.size(); ++from) {
    for (std::size_t to = 0; to < all.size(); ++to) {
      EXPECT_EQ(base::MayMove(kReceiveMoves, all[from], all[to]), legal[from][to] == 'x')
          << from << " to " << to;
    }
  }
}

TEST(ReceiveState, ReceivesBetweenTheFirstByteAndTheLast) {
  using enum ReceiveState;
  for (const ReceiveState state : {kHead, kBody, kChunks}) {
    EXPECT_TRUE(IsReceiving(state));
    EXPECT_FALSE(HasEnded(state));
  }
  EXPECT_FALSE(IsReceiving(kIdle));
  EXPECT_FALSE(HasEnded(kIdle));
  for (const ReceiveState state : {kEnded, kClosed}) {
    EXPECT_FALSE(IsReceiving(state));
    EXPECT_TRUE(HasEnded(state));
  }
}

}  // namespace
}  // namespace moorage::http1
