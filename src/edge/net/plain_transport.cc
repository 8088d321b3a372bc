#include "edge/net/plain_transport.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>

namespace moorage::net {
namespace {

Transport::Result Outcome(ssize_t moved) {
  if (moved >= 0) return {Transport::State::kOk, static_cast<std::size_t>(moved)};
  // epoll is level-triggered, so it reports an interrupted call again.
  if (errno == EAGAIN || errno == EINTR) return {Transport::State::kWouldBlock, 0};
  return {Transport::State::kBroken, 0};
}

}  // namespace

Transport::Result PlainTransport::Read(std::span<char> room) {
  const ssize_t moved = ::recv(fd_.get(), room.data(), room.size(), 0);
  return moved == 0 ? Result{State::kEnd, 0} : Outcome(moved);
}

Transport::Result PlainTransport::Write(std::string_view bytes) {
  // Without MSG_NOSIGNAL a peer that is gone would end the process by SIGPIPE.
  return Outcome(::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

base::Duration PlainTransport::Waited() const {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (::getsockopt(fd_.get(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return {};
  return std::chrono::milliseconds(info.tcpi_last_data_recv);
}

void PlainTransport::ShutdownWrite() { ::shutdown(fd_.get(), SHUT_WR); }

std::optional<std::size_t> PlainTransport::Unacknowledged() const {
  int bytes = 0;
  if (::ioctl(fd_.get(), SIOCOUTQ, &bytes) != 0 || bytes < 0) return std::nullopt;
  return static_cast<std::size_t>(bytes);
}

}  // namespace moorage::net
