#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace moorage::config {

// An address to listen on, as in "127.0.0.1:8000". The system chooses a port for 0. `host` is an
// address or a name, without brackets.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;

  bool loopback() const;  // 127.0.0.0/8, ::1, localhost

  bool operator==(const Endpoint&) const = default;
};

// "host:port", an IPv6 address in brackets. Nothing if it is not that.
std::optional<Endpoint> ParseEndpoint(std::string_view text);
// A port in decimal, 0 to 65535.
std::optional<std::uint16_t> ParsePort(std::string_view text);
std::string Format(const Endpoint& endpoint);

// True if both cannot be listened on at one time, because port (not 0) and host are equal. A
// wildcard (0.0.0.0, ::) equals every host.
bool Collide(const Endpoint& a, const Endpoint& b);

}  // namespace moorage::config
