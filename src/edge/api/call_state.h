#pragma once

// The life of one call, whatever the protocol.

#include <array>
#include <cstdint>

#include "foundation/base/state_moves.h"

namespace moorage::api {

// The dispatcher moves a call from the end of its head to its record.
//
//   kHead --route, method, size, caller--> kAdmitted --whole request--> kHandling --> kRecorded
//     |`-> kWaiting (whole request) ----------------------------------------^  |
//     |`-> kWaitingForHead ----> kAdmitted                                     |
//     `--> kRecorded: refused, client gone, deadline <--- from every state ----'
//
// What became of a call is the status of its record: 499 where its client has gone.
enum class CallState : std::uint8_t {
  kHead,            // the head is whole, nothing is decided
  kWaiting,         // the request is whole, its authenticator answers later
  kWaitingForHead,  // the same, and the body is not read before the answer
  kAdmitted,        // the body is wanted and arrives
  kHandling,        // the handler owes the answer
  kRecorded,        // counted and logged, once
};

inline constexpr auto kCallMoves = std::to_array<base::Move<CallState>>({
    {CallState::kHead, CallState::kWaiting},
    {CallState::kHead, CallState::kWaitingForHead},
    {CallState::kHead, CallState::kAdmitted},
    {CallState::kHead, CallState::kHandling},
    {CallState::kHead, CallState::kRecorded},
    {CallState::kWaiting, CallState::kHandling},
    {CallState::kWaiting, CallState::kRecorded},
    {CallState::kWaitingForHead, CallState::kAdmitted},
    {CallState::kWaitingForHead, CallState::kRecorded},
    {CallState::kAdmitted, CallState::kHandling},
    {CallState::kAdmitted, CallState::kRecorded},
    {CallState::kHandling, CallState::kRecorded},
});

}  // namespace moorage::api
