#pragma once

// What a connection needs from its surroundings: a host, and limits. The reactor's thread only.

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "edge/net/codec.h"
#include "edge/net/reactor.h"
#include "foundation/base/clock.h"
#include "foundation/json/byte_buffer.h"

namespace moorage::net {

class Connection;

// What the connections of one reactor share.
class ConnectionHost {
 public:
  virtual ~ConnectionHost() = default;

  virtual Reactor& reactor() = 0;
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
  base::Duration first_byte = std::chrono::seconds(75);
  base::Duration write_stall = std::chrono::seconds(30);    // the peer takes nothing of the output
  base::Duration linger_silence = std::chrono::seconds(2);  // after FIN, without a byte
  base::Duration drain_silence = std::chrono::seconds(1);   // the same while draining
  base::Duration linger = std::chrono::seconds(30);         // after FIN, in all
  std::size_t linger_bytes = 256U << 20U;                   // discarded after FIN
  std::size_t low_water = 64U << 10U;  // unsent bytes that count as nearly sent
};

}  // namespace moorage::net
