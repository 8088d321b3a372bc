#include "edge/net/connection_state.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace moorage::net {
namespace {

TEST(ConnectionState, MovesOnlyTowardsItsEnd) {
  using enum ConnectionState;
  const std::vector<ConnectionState> all = {kHandshaking, kOpen, kClosing, kLingering, kGone};
  // One letter a column, in the order of `all`: x is legal, - is not.
  const std::vector<std::string_view> legal = {"-x--x",   // from kHandshaking
                                               "--x-x",   // from kOpen
                                               "---xx",   // from kClosing
                                               "----x",   // from kLingering
                                               "-----"};  // from kGone
  for (std::size_t from = 0; from < all.size(); ++from) {
    for (std::size_t to = 0; to < all.size(); ++to) {
      EXPECT_EQ(base::MayMove(kConnectionMoves, all[from], all[to]), legal[from][to] == 'x')
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
