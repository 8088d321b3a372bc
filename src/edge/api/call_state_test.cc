#include "edge/api/call_state.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace moorage::api {
namespace {

TEST(CallState, GoesFromItsHeadToItsRecordAndNeverBack) {
  using enum CallState;
  const std::vector<CallState> all = {kHead,     kWaiting,  kWaitingForHead,
                                      kAdmitted, kHandling, kRecorded};
  // One letter a column, in the order of `all`: x is legal, - is not.
  const std::vector<std::string_view> legal = {"-xxxxx",   // from kHead
                                               "----xx",   // from kWaiting
                                               "---x-x",   // from kWaitingForHead
                                               "----xx",   // from kAdmitted
                                               "-----x",   // from kHandling
                                               "------"};  // from kRecorded
  for (std::size_t from = 0; from < all.size(); ++from) {
    for (std::size_t to = 0; to < all.size(); ++to) {
      EXPECT_EQ(base::MayMove(kCallMoves, all[from], all[to]), legal[from][to] == 'x')
          << from << " to " << to;
    }
  }
}

}  // namespace
}  // namespace moorage::api
