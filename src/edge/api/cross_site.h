#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace moorage::api {

// The headers by which a request names its origin. An absent one was not sent.
struct CallerSite {
  std::optional<std::string_view> host;        // Host
  std::optional<std::string_view> origin;      // Origin
  std::optional<std::string_view> fetch_site;  // Sec-Fetch-Site
};

// The names of this server. Every IP address and localhost are among them, beside the configured
// one.
struct TrustedHosts {
  // How a request to another name is treated. A server that only its own machine can reach knows
  // all its names. A server that others reach does not, so it refuses browsers only.
  enum class Others : std::uint8_t { kRefused, kRefusedToBrowsers };

  std::string configured = {};  // a name or an address, or empty
  Others others = Others::kRefused;
};

// Returns why a call that changes something is refused, or nothing if it is permitted.
//
// It protects servers that ask for no credentials. A browser sends requests to any address that a
// page names. A page can give its own host name to this server's address (DNS rebinding). Pages
// cannot forge Origin and Sec-Fetch-Site. Command lines and scripts send neither.
std::optional<std::string> RefusalOf(const CallerSite& site, const TrustedHosts& hosts);

}  // namespace moorage::api
