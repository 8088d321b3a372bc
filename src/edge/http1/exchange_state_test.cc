#include "edge/http1/exchange_state.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace moorage::http1 {
namespace {

TEST(ExchangeState, IsAnsweredOnceAndThenFreeAgain) {
  using enum ExchangeState;
  const std::vector<ExchangeState> all = {kFree, kPending, kStreaming, kAnswered, kReleased};
  // One letter a column, in the order of `all`: x is legal, - is not.
  const std::vector<std::string_view> legal = {"-x---",   // from kFree
                                               "x-xx-",   // from kPending
                                               "---x-",   // from kStreaming
                                               "x---x",   // from kAnswered
                                               "x----"};  // from kReleased
  for (std::size_t from = 0; from < all.size(); ++from) {
    for (std::size_t to = 0; to < all.size(); ++to) {
      EXPECT_EQ(base::MayMove(kExchangeMoves, all[from], all[to]), legal[from][to] == 'x')
          << from << " to " << to;
    }
  }
}

}  // namespace
}  // namespace moorage::http1
