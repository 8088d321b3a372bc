#pragma once

// TCP sockets of a server. Any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "edge/net/unique_fd.h"
#include "foundation/base/result.h"

namespace moorage::net {

// Where a server listens. The kernel chooses the port if it is 0.
//
//   ListenAddress{"::1", 8000}.ToString()  // "[::1]:8000"
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;

  std::string ToString() const;
  bool operator==(const ListenAddress&) const = default;
};

// How a listening socket shares its port.
enum class PortSharing { kExclusive, kAmongReactors };

// Returns a listening socket, non-blocking. The error is kUnavailable and names the address and the
// reason (in use, no such address, not permitted).
base::Result<UniqueFd> Listen(const ListenAddress& address, PortSharing sharing, int backlog);

// Returns an error if a process listens there already, even one that shares the port.
base::Status CheckFree(const ListenAddress& address);

// Returns the port that a socket is bound to, or 0.
std::uint16_t BoundPort(int fd);
// Returns true if only this machine can reach the socket.
bool IsLoopback(int fd);

// Why there is no connection from Accept().
enum class NoConnection { kNoneWaiting, kTooManyFiles, kTryAgain, kBroken };
struct Accepted {
  UniqueFd fd;  // non-blocking, TCP_NODELAY. Empty if `reason` holds
  std::string peer;
  NoConnection reason = NoConnection::kNoneWaiting;
};
Accepted Accept(int listener);

// Returns true if a client waits in the queue of the listening socket.
bool HasWaitingClient(int listener);

// Makes the kernel drop the SYN of every new connection to this listening socket. Handshakes under
// way still complete, and no client gets a RST. A client that connects meanwhile retries after 1 s.
base::Status DropNewConnections(int listener);

}  // namespace moorage::net
