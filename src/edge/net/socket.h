#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "edge/net/unique_fd.h"
#include "foundation/base/result.h"

namespace moorage::net {

// Where a server listens: "127.0.0.1:8000", "[::1]:8000", "0.0.0.0:8000", "localhost:8000". Port 0
// lets the system choose.
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;

  // "[::1]:8000"
  std::string ToString() const;
  bool operator==(const ListenAddress&) const = default;
};

// How a listening socket shares its port.
enum class PortSharing { kExclusive, kAmongReactors };

// A listening TCP socket, non-blocking. kUnavailable says which address and why (in use, no such
// address, not permitted).
base::Result<UniqueFd> Listen(const ListenAddress& address, PortSharing sharing, int backlog);

// An error if somebody listens there already, even if sharing would let us join.
base::Status CheckFree(const ListenAddress& address);

// The port a socket is bound to; 0 if it is not.
std::uint16_t BoundPort(int fd);
// True if nobody outside of this machine can reach the socket.
bool IsLoopback(int fd);

// Why there is no connection from Accept().
enum class NoConnection { kNoneWaiting, kTooManyFiles, kTryAgain, kBroken };
struct Accepted {
  UniqueFd fd;  // non-blocking, without delay; empty if `reason` holds
  std::string peer;
  NoConnection reason = NoConnection::kNoneWaiting;
};
Accepted Accept(int listener);

// From here on the kernel drops the SYN of every new connection to this listening socket, while
// those under way still complete: who tries meanwhile tries again a second later, nobody is reset.
base::Status DropNewConnections(int listener);

}  // namespace moorage::net
