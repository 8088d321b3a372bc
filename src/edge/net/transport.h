#pragma once

// The seam between a socket and a connection. The reactor's thread only.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "foundation/base/clock.h"

namespace moorage::net {

// Moves bytes without blocking. An implementation may keep state of its own, as the records of TLS.
class Transport {
 public:
  virtual ~Transport() = default;

  enum class State : std::uint8_t { kOk, kWouldBlock, kEnd, kBroken };
  struct Result {
    State state = State::kOk;
    std::size_t bytes = 0;  // moved, 0 unless kOk
  };

  // Returns kEnd once the peer sends no more.
  virtual Result Read(std::span<char> room) = 0;
  // May take only a part of `bytes`.
  virtual Result Write(std::string_view bytes) = 0;
  // Sends the end of output (FIN) to the peer. Reading goes on.
  virtual void ShutdownWrite() = 0;

  // Returns how long the last bytes that arrived have waited in the kernel, exact to some
  // milliseconds. 0 if that is not known.
  virtual base::Duration Waited() const { return {}; }

  // Returns the descriptor for epoll.
  virtual int fd() const = 0;
};

}  // namespace moorage::net
