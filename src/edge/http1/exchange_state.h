#pragma once

// The life of one HTTP/1.1 request after it was received.

#include <array>
#include <cstdint>

#include "foundation/base/state_moves.h"

namespace moorage::http1 {

// The life of an exchange. Its service keeps it for the next request, so it ends where it began.
//
//   kFree --dispatched--> kPending --> kAnswered --> kReleased --its text has its turn--> kFree
//                             `-> kStreaming -^
//
// The client may disconnect in every state but kFree. That is no state of its own, since a handler
// owes an answer to a client that is gone as well.
enum class ExchangeState : std::uint8_t {
  kFree,       // in the service's list
  kPending,    // the handler owes the answer
  kStreaming,  // between Begin() and Finish()
  kAnswered,   // the answer is whole, the handler still holds the exchange
  kReleased,   // the handler has released it, earlier answers are not sent yet
};

inline constexpr auto kExchangeMoves = std::to_array<base::Move<ExchangeState>>({
    {ExchangeState::kFree, ExchangeState::kPending},
    {ExchangeState::kPending, ExchangeState::kStreaming},
    {ExchangeState::kPending, ExchangeState::kAnswered},
    {ExchangeState::kPending, ExchangeState::kFree},  // dropped after the client has disconnected
    {ExchangeState::kStreaming, ExchangeState::kAnswered},
    {ExchangeState::kAnswered, ExchangeState::kReleased},
    {ExchangeState::kAnswered, ExchangeState::kFree},
    {ExchangeState::kReleased, ExchangeState::kFree},
});

}  // namespace moorage::http1
