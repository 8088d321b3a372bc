#pragma once

// What a connection of HTTP/1.1 is receiving.

#include <array>
#include <cstdint>

#include "foundation/base/state_moves.h"

namespace moorage::http1 {

// The life of the input, request after request.
//
//   kIdle --a part of a head--> kHead --its end--> kDeciding --wanted--> kBody or kChunks --> kIdle
//                                                     `------refused--> kSkip ------------> kIdle
//
// A request that arrives in one piece leaves kIdle for kIdle. Every state moves to kEnded after the
// last request of the connection, and to kClosed when the connection is gone.
enum class ReceiveState : std::uint8_t {
  kIdle,      // nothing of the next request has arrived
  kHead,      // a part of a head has arrived
  kDeciding,  // the head is whole. Nothing is read until the dispatcher wants the body
  kBody,      // the head and a part of a body of known length
  kChunks,    // the head and a part of a chunked body
  kSkip,      // the request is answered, its body is discarded
  kEnded,     // nothing more is read as a request. Answers may be owed
  kClosed,    // the connection is gone or about to be. Nothing is owed
};

inline constexpr auto kReceiveMoves = std::to_array<base::Move<ReceiveState>>({
    {ReceiveState::kIdle, ReceiveState::kIdle},
    {ReceiveState::kIdle, ReceiveState::kHead},
    {ReceiveState::kIdle, ReceiveState::kDeciding},
    {ReceiveState::kHead, ReceiveState::kIdle},
    {ReceiveState::kHead, ReceiveState::kDeciding},
    {ReceiveState::kDeciding, ReceiveState::kBody},
    {ReceiveState::kDeciding, ReceiveState::kChunks},
    {ReceiveState::kDeciding, ReceiveState::kSkip},
    {ReceiveState::kBody, ReceiveState::kIdle},
    {ReceiveState::kChunks, ReceiveState::kIdle},
    {ReceiveState::kSkip, ReceiveState::kIdle},
    {ReceiveState::kIdle, ReceiveState::kEnded},
    {ReceiveState::kHead, ReceiveState::kEnded},
    {ReceiveState::kDeciding, ReceiveState::kEnded},
    {ReceiveState::kBody, ReceiveState::kEnded},
    {ReceiveState::kChunks, ReceiveState::kEnded},
    {ReceiveState::kSkip, ReceiveState::kEnded},
    {ReceiveState::kIdle, ReceiveState::kClosed},
    {ReceiveState::kHead, ReceiveState::kClosed},
    {ReceiveState::kDeciding, ReceiveState::kClosed},
    {ReceiveState::kBody, ReceiveState::kClosed},
    {ReceiveState::kChunks, ReceiveState::kClosed},
    {ReceiveState::kSkip, ReceiveState::kClosed},
    {ReceiveState::kEnded, ReceiveState::kClosed},
});

// Returns true while a request is half received.
constexpr bool IsReceiving(ReceiveState state) {
  return state >= ReceiveState::kHead && state < ReceiveState::kEnded;
}

// Returns true once nothing more is read as a request.
constexpr bool HasEnded(ReceiveState state) { return state >= ReceiveState::kEnded; }

}  // namespace moorage::http1
