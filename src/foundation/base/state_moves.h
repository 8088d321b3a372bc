#pragma once

// Transition tables of drawn states. Pure values, so any thread may read them.
//
//   enum class LampState : std::uint8_t { kOff, kOn };
//   inline constexpr auto kLampMoves = std::to_array<base::Move<LampState>>({
//       {LampState::kOff, LampState::kOn},
//       {LampState::kOn, LampState::kOff},
//   });
//   assert(base::MayMove(kLampMoves, state_, LampState::kOn));

#include <algorithm>
#include <array>
#include <cstddef>

namespace moorage::base {

// A legal step in the life of a thing.
template <typename State>
struct Move {
  State from;
  State to;

  bool operator==(const Move&) const = default;
};

// Returns true if the table has the step. A state may not follow itself unless the table lists it.
template <typename State, std::size_t kCount>
constexpr bool MayMove(const std::array<Move<State>, kCount>& moves, State from, State to) {
  return std::ranges::find(moves, Move<State>{from, to}) != moves.end();
}

}  // namespace moorage::base
