#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace moorage::api {

// Where a request says that it comes from; what is absent was not sent.
struct CallerSite {
  std::optional<std::string_view> host;        // Host
  std::optional<std::string_view> origin;      // Origin
  std::optional<std::string_view> fetch_site;  // Sec-Fetch-Site
};

// The hosts under which a server believes that it was meant: every IP address, localhost, and what
// is configured.
struct TrustedHosts {
  // What becomes of other names. A server that only its own machine can reach knows all its names.
  // One that others reach does not, so there only a browser is held to them.
  enum class Others : std::uint8_t { kRefused, kRefusedToBrowsers };

  std::string configured = {};  // a name or an address; may be empty
  Others others = Others::kRefused;
};

// Why a call that changes something must not be made from there; nothing if it may. For servers
// that ask for no credentials: a browser sends requests wherever any page tells it to, and a page
// can give its own name to this server's address. Command lines and scripts send neither Origin nor
// Sec-Fetch-Site, which pages cannot forge.
std::optional<std::string> RefusalOf(const CallerSite& site, const TrustedHosts& hosts);

}  // namespace moorage::api
