#include "main/wire_ports.h"

#include <algorithm>

#include "edge/net/cpu_budget.h"

namespace moorage::main {

net::ListenAddress AddressOf(const config::Endpoint& endpoint) {
  return {endpoint.host, endpoint.port};
}

api::TrustedHosts HostsOf(const config::Endpoint& endpoint) {
  return {.configured = endpoint.host,
          .others = endpoint.loopback() ? api::TrustedHosts::Others::kRefused
                                        : api::TrustedHosts::Others::kRefusedToBrowsers};
}

std::string UrlOf(const config::Endpoint& endpoint, std::uint16_t port) {
  // A colon is part of an IPv6 address, which stands in brackets (RFC 3986, section 3.2.2).
  const bool is_v6 = endpoint.host.find(':') != std::string::npos;
  return "http://" + (is_v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" +
         std::to_string(port);
}

std::size_t MaxConnectionsOf(const config::Config::Server& config, std::uint64_t open_files) {
  // Loading a model, a log file that is closed and a scrape all open files.
  constexpr std::uint64_t kReserve = 128;
  if (config.max_connections > 0) return config.max_connections;
  return static_cast<std::size_t>(std::max(open_files, 2 * kReserve) - kReserve);
}

std::size_t ReactorCountOf(const config::Config::Server& config) {
  return config.threads > 0 ? config.threads : net::UsableCpus();
}

}  // namespace moorage::main
