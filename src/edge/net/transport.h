#pragma once

// The seam between a socket and a connection. The reactor's thread only.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "edge/net/unique_fd.h"
#include "foundation/base/clock.h"

namespace moorage::net {

// Moves bytes without blocking. An implementation may keep state of its own, as the records of TLS.
// Its connection calls Handshake() until it is done, then Read() and Write().
class Transport {
 public:
  virtual ~Transport() = default;

  enum class State : std::uint8_t { kOk, kWouldBlock, kEnd, kBroken };
  struct Result {
    State state = State::kOk;
    std::size_t bytes = 0;  // moved, 0 unless kOk
  };

  // Goes on with the handshake. Returns kOk once it is done, kWouldBlock before, kBroken if it
  // fails.
  virtual State Handshake() { return State::kOk; }
  // Returns the protocol that the peer chose in the handshake (ALPN, "http/1.1"), or nothing.
  virtual std::string_view Protocol() const { return {}; }

  // What the call that returned kWouldBlock waits for. A read may have to write first and a write
  // to read, where records are exchanged.
  enum class Wants : std::uint8_t { kNothing, kRead, kWrite };
  virtual Wants wants() const { return Wants::kNothing; }
  // Returns the bytes that were taken from the socket and wait for Read(). epoll does not report
  // them.
  virtual std::size_t Pending() const { return 0; }

  // Returns kEnd once the peer sends no more.
  virtual Result Read(std::span<char> room) = 0;
  // May take only a part of `bytes`.
  virtual Result Write(std::string_view bytes) = 0;
  // Sends the end of output (FIN) to the peer. Reading goes on.
  virtual void ShutdownWrite() = 0;

  // Returns how long the last bytes that arrived have waited in the kernel, exact to some
  // milliseconds. 0 if that is not known.
  virtual base::Duration Waited() const { return {}; }

  // Returns the bytes that were written and that the peer has not acknowledged. Nothing if that is
  // not known.
  virtual std::optional<std::size_t> Unacknowledged() const { return std::nullopt; }

  // Returns the descriptor for epoll.
  virtual int fd() const = 0;
};

// Makes the transport of a connection that was accepted. The reactor's thread.
using TransportFactory = std::function<std::unique_ptr<Transport>(UniqueFd socket)>;

}  // namespace moorage::net
