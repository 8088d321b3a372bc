#pragma once

// Builds addresses and names of the two ports from the configuration. Pure.

#include <cstddef>
#include <cstdint>
#include <string>

#include "edge/api/anonymous_callers.h"
#include "edge/net/socket.h"
#include "platform/config/config.h"

namespace moorage::main {

net::ListenAddress AddressOf(const config::Endpoint& endpoint);

// The names under which a client may change the registry. A server that only this machine can reach
// knows all of its names.
api::TrustedHosts HostsOf(const config::Endpoint& endpoint);

// "http://127.0.0.1:8000", "http://[::1]:8000". `port` is the one that the system gave.
std::string UrlOf(const config::Endpoint& endpoint, std::uint16_t port);

// server.max_connections, else what `open_files` leaves beside a reserve for files, models and the
// port for metrics.
std::size_t MaxConnectionsOf(const config::Config::Server& config, std::uint64_t open_files);

// server.threads, else one for each CPU that the process may use.
std::size_t ReactorCountOf(const config::Config::Server& config);

}  // namespace moorage::main
