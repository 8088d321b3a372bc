#include "edge/net/connection_state.h"

#include <gtest/gtest.h>

#include <vector>

namespace moorage::net {
namespace {

TEST(ConnectionState, MovesOnlyTowardsItsEnd) {
  using enum ConnectionState;
  const std::vector<ConnectionState> all = {kOpen, kClosing, kLingering, kGone};
  //                                            to: kOpen  kClosing kLingering kGone
  const std::vector<std::vector<bool>> legal = {{false, true, false, true},     // from kOpen
                                                {false, false, true, true},     // from kClosing
                                                {false, false, false, true},    // from kLingering
                                                {false, false, false, false}};  // from kGone
  for (std::size_t from = 0; from < all.size(); ++from) {
    for (std::size_t to = 0; to < all.size(); ++to) {
      EXPECT_EQ(base::MayMove(kConnectionMoves, all[from], all[to]), legal[from][to])
          << from << " to " << to;
    }
  }
}

TEST(InputState, EndsAndIsThenDelivered) {
  using enum InputState;
  const std::vector<InputState> all = {kOpen, kEnded, kDelivered};
  const std::vector<std::vector<bool>> legal = {
      {false, true, false}, {false, false, true}, {false, false, false}};
  for (std::size_t from = 0; from < all.size(); ++from) {
    for (std::size_t to = 0; to < all.size(); ++to) {
      EXPECT_EQ(base::MayMove(kInputMoves, all[from], all[to]), legal[from][to])
          << from << " to " << to;
    }
  }
}

}  // namespace
}  // namespace moorage::net
