#pragma once

// The life of a version inside the server. Values only.
//
//            +------------ retry ------------+
//            v                               |
//   load -> kLoading -- an error ---------> kFailed -- unwanted --> kUnloaded
//            |                                                         ^
//            | published                     session destroyed         |
//            v        in no table                       no lease       |
//           kReady ---------------> kRetiring ------> kUnloading ------+
//            ^                          |
//            +-- wanted again, leased --+

#include <array>
#include <cstdint>
#include <string_view>

#include "foundation/base/state_moves.h"

namespace moorage::models {

enum class ServableState : std::uint8_t {
  kLoading,    // is fetched, tried and opened on a thread of LoadPool
  kReady,      // is in the routing table
  kFailed,     // could not be loaded, and is tried again later
  kRetiring,   // is in no table, but a request may hold a lease
  kUnloading,  // has no lease, and its session is being destroyed
  kUnloaded,   // nothing of it is in memory, and its record is removed
};

inline constexpr std::array kServableStates = {ServableState::kLoading,   ServableState::kReady,
                                               ServableState::kFailed,    ServableState::kRetiring,
                                               ServableState::kUnloading, ServableState::kUnloaded};

// Every legal move. All others are a defect of the caller.
inline constexpr auto kServableMoves = std::to_array<base::Move<ServableState>>({
    {ServableState::kLoading, ServableState::kReady},
    {ServableState::kLoading, ServableState::kFailed},
    {ServableState::kFailed, ServableState::kLoading},
    {ServableState::kFailed, ServableState::kUnloaded},
    {ServableState::kReady, ServableState::kRetiring},
    {ServableState::kRetiring, ServableState::kReady},
    {ServableState::kRetiring, ServableState::kUnloading},
    {ServableState::kUnloading, ServableState::kUnloaded},
});

constexpr std::string_view Name(ServableState state) {
  constexpr std::array<std::string_view, kServableStates.size()> kNames = {
      "loading", "ready", "failed", "retiring", "unloading", "unloaded"};
  return kNames[static_cast<std::size_t>(state)];
}

}  // namespace moorage::models
