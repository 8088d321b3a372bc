#pragma once

// The states of a connection. Two enums, because a peer may end its input in any state of the
// life.

#include <array>
#include <cstdint>

#include "foundation/base/state_moves.h"

namespace moorage::net {

// The life, from accept until the table destroys the connection. Plain TCP has no handshake, so it
// leaves the first state at once.
//
//   kHandshaking --done--> kOpen
//   kOpen --codec asks for the end--> kClosing --output is sent, FIN--> kLingering --> kGone
//
// Every state moves to kGone on an error, on Abort() and after a missed deadline.
enum class ConnectionState : std::uint8_t {
  kHandshaking,  // the transport exchanges messages of its own
  kOpen,         // reads, and sends what the codec writes
  kClosing,      // the same, until the output is sent
  kLingering,    // FIN is sent. Input is discarded, so that no RST overtakes the last answer
  kGone,         // no longer watched. The table destroys it at the end of the tick
};

inline constexpr auto kConnectionMoves = std::to_array<base::Move<ConnectionState>>({
    {ConnectionState::kHandshaking, ConnectionState::kOpen},
    {ConnectionState::kHandshaking, ConnectionState::kGone},
    {ConnectionState::kOpen, ConnectionState::kClosing},
    {ConnectionState::kClosing, ConnectionState::kLingering},
    {ConnectionState::kOpen, ConnectionState::kGone},
    {ConnectionState::kClosing, ConnectionState::kGone},
    {ConnectionState::kLingering, ConnectionState::kGone},
});

// The input.
//
//   kOpen --the peer's FIN is read--> kEnded --the codec has taken what came before--> kDelivered
enum class InputState : std::uint8_t {
  kOpen,
  kEnded,      // the peer sends no more, the codec does not know it yet
  kDelivered,  // Codec::OnEndOfInput() was called, or there is no codec to call
};

inline constexpr auto kInputMoves = std::to_array<base::Move<InputState>>({
    {InputState::kOpen, InputState::kEnded},
    {InputState::kEnded, InputState::kDelivered},
});

}  // namespace moorage::net
