#include "domain/registry/version_state.h"

#include <gtest/gtest.h>

#include <string>

namespace moorage::registry {
namespace {

constexpr VersionState kStates[] = {VersionState::kFree, VersionState::kPending,
                                    VersionState::kReady, VersionState::kDeleted};

TEST(VersionState, OfAllMovesTheTableAllowsExactlyTheDrawnOnes) {
  // One row for each state, in the order of the enumerators; x is legal.
  const std::string drawn[] = {".x..",   // free
                               "xxx.",   // pending
                               "...x",   // ready
                               "...."};  // deleted
  for (std::size_t from = 0; from < 4; ++from) {
    for (std::size_t to = 0; to < 4; ++to) {
      EXPECT_EQ(base::MayMove(kVersionMoves, kStates[from], kStates[to]), drawn[from][to] == 'x')
          << Name(kStates[from]) << " to " << Name(kStates[to]);
    }
  }
}

TEST(VersionState, ALegalMoveNamesTheStateThatItEndsIn) {
  for (const VersionMove& move : kVersionMoves) {
    EXPECT_EQ(NameAfter(move), Name(move.to));
  }
}

#ifndef NDEBUG
TEST(VersionStateDeathTest, AnIllegalMoveIsABrokenInvariant) {
  for (const VersionState from : kStates) {
    for (const VersionState to : kStates) {
      if (base::MayMove(kVersionMoves, from, to)) continue;
      EXPECT_DEATH(NameAfter({from, to}), "MayMove") << Name(from) << " to " << Name(to);
    }
  }
}
#endif

TEST(VersionState, ItsNamesReadBackAndNoOtherTextDoes) {
  for (const VersionState state : kStates) EXPECT_EQ(ParseVersionState(Name(state)), state);
  for (const char* other : {"", "Ready", "gone"}) EXPECT_FALSE(ParseVersionState(other)) << other;
}

}  // namespace
}  // namespace moorage::registry
