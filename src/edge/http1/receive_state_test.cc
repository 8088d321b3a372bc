#include "edge/http1/receive_state.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace moorage::http1 {
namespace {

TEST(ReceiveState, ReturnsToIdleAfterEachRequestUntilItEnds) {
  using enum ReceiveState;
  const std::vector<ReceiveState> all = {kIdle,   kHead, kDeciding, kBody,
                                         kChunks, kSkip, kEnded,    kClosed};
  // One letter a column, in the order of `all`: x is legal, - is not.
  const std::vector<std::string_view> legal = {"xxx---xx",   // from kIdle
                                               "x-x---xx",   // from kHead
                                               "---xxxxx",   // from kDeciding
                                               "x-----xx",   // from kBody
                                               "x-----xx",   // from kChunks
                                               "x-----xx",   // from kSkip
                                               "-------x",   // from kEnded
                                               "--------"};  // from kClosed
  for (std::size_t from = 0; from < all.size(); ++from) {
    for (std::size_t to = 0; to < all.size(); ++to) {
      EXPECT_EQ(base::MayMove(kReceiveMoves, all[from], all[to]), legal[from][to] == 'x')
          << from << " to " << to;
    }
  }
}

TEST(ReceiveState, ReceivesBetweenTheFirstByteAndTheLast) {
  using enum ReceiveState;
  for (const ReceiveState state : {kHead, kDeciding, kBody, kChunks, kSkip}) {
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
