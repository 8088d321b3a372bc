#pragma once

// The seam between a connection and a wire protocol. The reactor's thread only.

#include <cstddef>
#include <string>
#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/base/memory_budget.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::net {

// Turns bytes into exchanges and answers into bytes, for one connection. Each codec decides on its
// order of answers. HTTP/1.1 keeps the order of the requests, others may answer in any order.
class Codec {
 public:
  virtual ~Codec() = default;

  // Takes what it can use from the front of `bytes` and returns the number of bytes taken. The rest
  // comes again, with what arrives later, or after Wire::Resume(). Unused bytes stay contiguous but
  // may move.
  virtual std::size_t Consume(std::string_view bytes) = 0;
  // Returns false while Consume() would take nothing. The connection then stops reading until
  // Wire::Resume().
  virtual bool wants_input() const = 0;
  // Returns the size that `bytes` needs before Consume() can go on. A hint for the buffer.
  virtual std::size_t wanted_bytes() const = 0;

  // The peer sends no more. It may still read.
  virtual void OnEndOfInput() = 0;
  // The peer has closed its side, at the latest in this tick. Bytes that came before may not be
  // consumed yet. Called at the end of this and of each later tick of the connection.
  virtual void OnPeerClosed() {}
  virtual void OnOutputLow() = 0;
  // There is no memory for more input. The codec refuses what it is receiving and ends.
  virtual void OnNoMemory() = 0;
  virtual void OnDeadline() = 0;
  // The connection is gone or about to be. The answers of open exchanges are discarded from now on.
  virtual void OnClosed() = 0;

  // The connection ends as soon as what was asked is answered. Requests that arrive before
  // `idle_until` are still answered.
  virtual void StartDrain(base::Instant idle_until) = 0;
  // Returns true if nothing is asked, half received or unanswered.
  virtual bool idle() const = 0;
  // Returns true if the connection may end for a client that waits. A part of a request that the
  // server has not begun to answer keeps no connection.
  virtual bool may_be_shed() const { return idle(); }
};

// The most output that need not be reserved. A buffer of this size is kept for the next answer.
inline constexpr std::size_t kUnchargedOutput = 64U << 10U;

// Bytes that have left their connection, with what they are charged.
struct TakenInput {
  json::ByteBuffer memory;  // without a byte if the connection keeps them
  base::MemoryCharge charge;
};

// The connection as a codec sees it. No call destroys the codec before the end of the tick.
class Wire {
 public:
  virtual ~Wire() = default;

  // Returns the buffer that is sent at the end of the tick.
  virtual json::ByteBuffer& output() = 0;
  // Returns the number of unsent bytes in output().
  virtual std::size_t output_size() const = 0;
  // Returns the tick's time.
  virtual base::Instant now() const = 0;
  // Returns when the bytes of the latest read arrived, as far as the kernel tells.
  virtual base::Instant arrived() const = 0;
  virtual const std::string& peer() const = 0;
  // Returns the protocol that the peer chose in a handshake (ALPN), or nothing.
  virtual std::string_view negotiated() const { return {}; }
  // Returns what memory is charged to, or null.
  virtual base::MemoryBudget* memory() const { return nullptr; }
  // Takes the memory behind the bytes of Codec::Consume(), which then returns all of them. Within
  // that call only. Returns nothing where they lie in memory that connections share.
  virtual TakenInput TakeInput() { return {}; }
  // Charges the room for so much more output. Returns false if server.memory has none. Call it
  // before output that is larger than kUnchargedOutput. What is unsent at the end of the tick is
  // charged without a call.
  virtual bool ReserveOutput(std::size_t bytes) = 0;
  // Sends `output` from the memory in which it lies. Only while output() is empty. `charge` pays
  // for its capacity.
  virtual void GiveOutput(json::ByteBuffer output, base::MemoryCharge charge) = 0;

  // Codec::Consume() is called once more in the next tick, with what has arrived.
  virtual void Resume() = 0;
  // Codec::OnOutputLow() is called once, in a later tick, when the output is nearly sent.
  virtual void WatchOutput() = 0;
  // Codec::OnDeadline() is called at that time, exact to the second. A new deadline replaces the
  // one before. Instant::max() means none.
  virtual void SetDeadline(base::Instant deadline) = 0;

  // Sends the output, then FIN. What still arrives is discarded for a limited time, so that the
  // last answer reaches a peer that is still sending.
  virtual void CloseAfterOutput() = 0;
  // Ends the connection now. Unsent output is lost.
  virtual void Abort() = 0;
};

}  // namespace moorage::net
