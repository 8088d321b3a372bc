#pragma once

// The life of a version number in the registry. A plain value.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "foundation/base/state_moves.h"

namespace moorage::registry {

// The states of one version number of a model. A plain value. The column `versions.state` stores
// its name. A free number has no row.
//
//             reserve             publish            delete
//     free ------------> pending ---------> ready ---------> deleted
//      ^                  |   ^
//      +----- reject -----+   +-- another push takes the reservation over
//
// A deleted number is never used again, so `deleted` is final.
enum class VersionState : std::uint8_t { kFree, kPending, kReady, kDeleted };

using VersionMove = base::Move<VersionState>;
inline constexpr auto kVersionMoves = std::to_array<VersionMove>({
    {VersionState::kFree, VersionState::kPending},     // reserve
    {VersionState::kPending, VersionState::kPending},  // reserve, by another push
    {VersionState::kPending, VersionState::kFree},     // reject
    {VersionState::kPending, VersionState::kReady},    // publish
    {VersionState::kReady, VersionState::kDeleted},    // delete
});

// Returns the name of `move.to`, for the statement that writes it. Asserts that the move is legal.
std::string_view NameAfter(VersionMove move);

// "free", "pending", "ready", "deleted".
std::string_view Name(VersionState state);
// Nothing for any other text.
std::optional<VersionState> ParseVersionState(std::string_view text);

}  // namespace moorage::registry
