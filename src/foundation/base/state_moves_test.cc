#include "foundation/base/state_moves.h"

#include <gtest/gtest.h>

namespace moorage::base {
namespace {

enum class Lamp { kOff, kOn, kBroken };

constexpr auto kLampMoves = std::to_array<Move<Lamp>>(
    {{Lamp::kOff, Lamp::kOn}, {Lamp::kOn, Lamp::kOff}, {Lamp::kOn, Lamp::kBroken}});

static_assert(MayMove(kLampMoves, Lamp::kOff, Lamp::kOn));
static_assert(!MayMove(kLampMoves, Lamp::kBroken, Lamp::kOn));

TEST(StateMoves, AreOnlyThoseOfTheTable) {
  EXPECT_TRUE(MayMove(kLampMoves, Lamp::kOn, Lamp::kBroken));
  EXPECT_FALSE(MayMove(kLampMoves, Lamp::kOff, Lamp::kBroken));
  EXPECT_FALSE(MayMove(kLampMoves, Lamp::kOff, Lamp::kOff)) << "a state does not follow itself";
}

}  // namespace
}  // namespace moorage::base
