#include "edge/net/socket.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <system_error>

namespace moorage::net {
namespace {

// Socket calls take a sockaddr*. The storage is always a sockaddr_storage.
sockaddr* Raw(sockaddr_storage& storage) { return reinterpret_cast<sockaddr*>(&storage); }

std::string Reason(int error) { return std::generic_category().message(error); }

base::Error Unavailable(const ListenAddress& address, std::string_view why) {
  return {base::Code::kUnavailable, "listen on " + address.ToString() + ": " + std::string(why)};
}

struct AddressInfoDeleter {
  void operator()(addrinfo* info) const { ::freeaddrinfo(info); }
};

bool SetOption(int fd, int level, int name) {
  const int on = 1;
  return ::setsockopt(fd, level, name, &on, sizeof(on)) == 0;
}

std::string PeerText(const sockaddr_storage& storage) {
  std::array<char, INET6_ADDRSTRLEN> host{};
  std::uint16_t port = 0;
  bool bracket = false;
  if (storage.ss_family == AF_INET) {
    sockaddr_in address{};
    std::memcpy(&address, &storage, sizeof(address));
    if (::inet_ntop(AF_INET, &address.sin_addr, host.data(), host.size()) == nullptr) return {};
    port = ntohs(address.sin_port);
  } else if (storage.ss_family == AF_INET6) {
    sockaddr_in6 address{};
    std::memcpy(&address, &storage, sizeof(address));
    if (::inet_ntop(AF_INET6, &address.sin6_addr, host.data(), host.size()) == nullptr) return {};
    port = ntohs(address.sin6_port);
    bracket = true;
  }
  std::string text = bracket ? "[" : "";
  text += host.data();
  text += bracket ? "]:" : ":";
  return text + std::to_string(port);
}

}  // namespace

std::string ListenAddress::ToString() const {
  const bool bracket = host.find(':') != std::string::npos;
  return (bracket ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

namespace {

// Returns a socket that is bound to the address, or none and errno.
UniqueFd BindTo(const addrinfo& info, PortSharing sharing) {
  UniqueFd fd(::socket(info.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return fd;
  // SO_REUSEADDR, so that a restart can bind while connections of the process before are in
  // TIME_WAIT. SO_REUSEPORT, so that the kernel spreads clients over the listeners of the reactors.
  if (SetOption(fd.get(), SOL_SOCKET, SO_REUSEADDR) &&
      (sharing != PortSharing::kAmongReactors || SetOption(fd.get(), SOL_SOCKET, SO_REUSEPORT)) &&
      ::bind(fd.get(), info.ai_addr, info.ai_addrlen) == 0) {
    return fd;
  }
  const int error = errno;
  fd.Reset();
  errno = error;
  return fd;
}

base::Result<UniqueFd> Bind(const ListenAddress& address, PortSharing sharing) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  const int failed = ::getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found);
  if (failed != 0) return Unavailable(address, ::gai_strerror(failed));
  const std::unique_ptr<addrinfo, AddressInfoDeleter> owned(found);
  // A name may stand for addresses of both families, of which this machine may lack one.
  int error = 0;
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    UniqueFd fd = BindTo(*info, sharing);
    if (fd) return fd;
    if (error == 0) error = errno;
  }
  return Unavailable(address, Reason(error));
}

}  // namespace

base::Status CheckFree(const ListenAddress& address) {
  ASSIGN_OR_RETURN(const UniqueFd fd, Bind(address, PortSharing::kExclusive));
  return {};
}

base::Result<UniqueFd> Listen(const ListenAddress& address, PortSharing sharing, int backlog) {
  ASSIGN_OR_RETURN(UniqueFd fd, Bind(address, sharing));
  if (::listen(fd.get(), backlog) != 0) return Unavailable(address, Reason(errno));
  return fd;
}

std::uint16_t BoundPort(int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof(storage);
  if (::getsockname(fd, Raw(storage), &length) != 0) return 0;
  if (storage.ss_family == AF_INET) {
    sockaddr_in address{};
    std::memcpy(&address, &storage, sizeof(address));
    return ntohs(address.sin_port);
  }
  sockaddr_in6 address{};
  std::memcpy(&address, &storage, sizeof(address));
  return ntohs(address.sin6_port);
}

bool IsLoopback(int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof(storage);
  if (::getsockname(fd, Raw(storage), &length) != 0) return false;
  if (storage.ss_family == AF_INET) {
    sockaddr_in address{};
    std::memcpy(&address, &storage, sizeof(address));
    return (ntohl(address.sin_addr.s_addr) >> 24U) == 127;
  }
  sockaddr_in6 address{};
  std::memcpy(&address, &storage, sizeof(address));
  return std::memcmp(&address.sin6_addr, &in6addr_loopback, sizeof(in6addr_loopback)) == 0;
}

Accepted Accept(int listener) {
  sockaddr_storage storage{};
  socklen_t length = sizeof(storage);
  Accepted accepted;
  accepted.fd = UniqueFd(::accept4(listener, Raw(storage), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (accepted.fd) {
    // A tick sends its answers in one write. Nagle's algorithm would only delay them.
    SetOption(accepted.fd.get(), IPPROTO_TCP, TCP_NODELAY);
    accepted.peer = PeerText(storage);
    return accepted;
  }
  // An error concerns the process, the listener or one connection (accept(2)). After one of the
  // last kind the next client may still be accepted.
  switch (errno) {
    case EAGAIN:
      accepted.reason = NoConnection::kNoneWaiting;
      break;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      accepted.reason = NoConnection::kTooManyFiles;
      break;
    case EBADF:
    case EINVAL:
    case ENOTSOCK:
      accepted.reason = NoConnection::kBroken;
      break;
    default:
      accepted.reason = NoConnection::kTryAgain;
      break;  // only that one connection failed
  }
  return accepted;
}

bool HasWaitingClient(int listener) {
  pollfd asked{.fd = listener, .events = POLLIN, .revents = 0};
  return ::poll(&asked, 1, 0) == 1;
}

base::Status DropNewConnections(int listener) {
  // Classic BPF. The filter of a TCP socket sees a segment from its TCP header on. It drops a
  // segment that has SYN without ACK, and passes every other.
  constexpr unsigned kFlags = 13;  // the byte of a TCP header that holds SYN (0x02) and ACK (0x10)
  std::array<sock_filter, 5> program = {{
      {BPF_LD | BPF_B | BPF_ABS, 0, 0, kFlags},
      {BPF_ALU | BPF_AND | BPF_K, 0, 0, 0x12},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0x02},
      {BPF_RET | BPF_K, 0, 0, 0},
      {BPF_RET | BPF_K, 0, 0, 0xFFFFFFFF},
  }};
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  if (::setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) != 0) {
    return base::Error{base::Code::kUnsupported, "drop new connections: " + Reason(errno)};
  }
  return {};
}

}  // namespace moorage::net
