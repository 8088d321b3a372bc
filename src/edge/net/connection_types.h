#pragma once

// What a connection needs from its surroundings: a host, and limits. The reactor's thread only.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "edge/net/codec.h"
#include "edge/net/reactor.h"
#include "foundation/base/clock.h"
#include "foundation/base/memory_budget.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::net {

class Connection;

// Why a connection ended that its client would have kept.
enum class EarlyEnd : std::uint8_t {
  kShed,        // it was idle for longer than every other when a client waited
  kSlowReader,  // it did not take its answers
  kNoMemory,    // server.memory had no room for what it did not read
};
inline constexpr std::size_t kEarlyEnds = 3;

// What the connections of one reactor share.
class ConnectionHost {
 public:
  virtual ~ConnectionHost() = default;

  virtual Reactor& reactor() = 0;
  // What input and output are charged to, or null.
  virtual base::MemoryBudget* memory() { return nullptr; }
  // A connection is ended that its client would have kept.
  virtual void Count(EarlyEnd /*end*/) {}
  // Memory for one read. It is free again when the codec has consumed the read.
  virtual std::span<char> scratch() = 0;
  // Output buffers are shared, so an idle connection holds none.
  virtual json::ByteBuffer TakeBuffer() = 0;
  virtual void ReturnBuffer(json::ByteBuffer buffer) = 0;
  // Connection::EndTick() is called at the end of this tick.
  virtual void Touch(Connection& connection) = 0;
  // Makes the codec that understands `first`, the first bytes of the connection. Returns nothing
  // if it takes more bytes to decide.
  virtual std::unique_ptr<Codec> ChooseCodec(std::string_view first, Wire& wire) = 0;
};

struct ConnectionLimits {
  base::Duration handshake = std::chrono::seconds(10);
  base::Duration first_byte = std::chrono::seconds(75);
  // A peer that is owed output gets another window if it has acknowledged so many bytes in the last
  // one. Else the connection ends.
  base::Duration write_window = std::chrono::seconds(30);
  std::size_t write_window_bytes = 30U << 10U;
  base::Duration linger_silence = std::chrono::seconds(2);  // after FIN, without a byte
  base::Duration drain_silence = std::chrono::seconds(1);   // the same while draining
  base::Duration linger = std::chrono::seconds(30);         // after FIN, in all
  std::size_t linger_bytes = 256U << 20U;                   // discarded after FIN
  // A connection that is idle for so long may end in favour of a new client. A shorter time would
  // end clients that have just connected.
  base::Duration shed_after = std::chrono::milliseconds(100);
  std::size_t low_water = 64U << 10U;  // unsent bytes that count as nearly sent
};

}  // namespace moorage::net
