#include "platform/config/endpoint.h"

#include <algorithm>

#include "foundation/base/parse_number.h"

namespace moorage::config {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool IsHostName(std::string_view host) {
  if (host.empty() || host.size() > 253 || host.front() == '-' || host.front() == '.') return false;
  return std::all_of(host.begin(), host.end(), [](char c) {
    return kDigits.find(c) != std::string_view::npos ||
           kLetters.find(c) != std::string_view::npos || c == '-' || c == '.' || c == '_';
  });
}

// A text of only digits and dots must be an IPv4 address.
bool IsIpv4(std::string_view host) {
  int parts = 0;
  while (true) {
    const std::size_t dot = std::min(host.find('.'), host.size());
    const auto part = ParsePort(host.substr(0, dot));
    if (!part || *part > 255 || dot > 3) return false;
    ++parts;
    if (dot == host.size()) return parts == 4;
    host.remove_prefix(dot + 1);
  }
}

bool IsIpv6Text(std::string_view host) {
  return host.find(':') != std::string_view::npos &&
         host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
}

bool IsWildcard(std::string_view host) { return host == "0.0.0.0" || host == "::"; }

}  // namespace

bool Endpoint::loopback() const {
  return host == "localhost" || host == "::1" || (host.starts_with("127.") && IsIpv4(host));
}

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  if (text.empty() || text.size() > 5) return std::nullopt;
  return base::ParseNumber<std::uint16_t>(text);
}

std::optional<Endpoint> ParseEndpoint(std::string_view text) {
  // The last colon, because an IPv6 address holds more. Without brackets it is no host name.
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = ParsePort(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  if (!port) return std::nullopt;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (!IsIpv6Text(host)) return std::nullopt;
    return Endpoint{std::string(host), *port};
  }
  const bool numeric = host.find_first_not_of("0123456789.") == std::string_view::npos;
  if (!IsHostName(host) || (numeric && !IsIpv4(host))) return std::nullopt;
  return Endpoint{std::string(host), *port};
}

std::string Format(const Endpoint& endpoint) {
  const bool bracketed = endpoint.host.find(':') != std::string::npos;
  return (bracketed ? "[" + endpoint.host + "]" : endpoint.host) + ":" +
         std::to_string(endpoint.port);
}

bool Collide(const Endpoint& a, const Endpoint& b) {
  // The system gives each listener on port 0 a port of its own.
  if (a.port != b.port || a.port == 0) return false;
  const auto plain = [](const std::string& host) {
    return host == "localhost" ? std::string("127.0.0.1") : host;
  };
  return IsWildcard(a.host) || IsWildcard(b.host) || plain(a.host) == plain(b.host);
}

}  // namespace moorage::config
