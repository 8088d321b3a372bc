#include "edge/api/cross_site.h"

#include <arpa/inet.h>

#include <algorithm>

#include "foundation/base/ascii.h"

namespace moorage::api {
namespace {

constexpr std::size_t kMostQuoted = 120;

// "[::1]:8000" -> "::1", "models.example.:8000" -> "models.example"
std::string HostOf(std::string_view authority) {
  if (authority.starts_with('[')) {
    return base::ToLower(authority.substr(1, authority.find(']') - 1));
  }
  std::string host = base::ToLower(authority.substr(0, authority.find(':')));
  // A trailing dot marks a name as absolute. It is the same host.
  if (host.ends_with('.')) host.pop_back();
  return host;
}

// "http://127.0.0.1:8000" -> "127.0.0.1:8000", and nothing for "null"
std::optional<std::string_view> AuthorityOf(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  return origin.substr(scheme + 3);
}

bool IsAddress(const std::string& host) {
  // Large enough for an address of either family.
  in6_addr room{};
  return ::inet_pton(AF_INET, host.c_str(), &room) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &room) == 1;
}

bool IsTrusted(const std::string& host, const TrustedHosts& hosts) {
  // DNS rebinding needs a name that the attacker's DNS server answers. Addresses and names under
  // localhost (RFC 6761, 6.3) are not such names.
  return IsAddress(host) || host == "localhost" || host.ends_with(".localhost") ||
         (!hosts.configured.empty() && host == base::ToLower(hosts.configured));
}

}  // namespace

std::optional<std::string> RefusalOf(const CallerSite& site, const TrustedHosts& hosts) {
  const std::string why =
      ": without authentication no page of another site may change the registry";
  // A browser that sends Sec-Fetch-Site names the relation itself. "none" is a person's own
  // request.
  if (site.fetch_site && (*site.fetch_site == "cross-site" || *site.fetch_site == "same-site")) {
    return "the request was made by a page of another site (Sec-Fetch-Site: " +
           std::string(*site.fetch_site) + ")" + why;
  }
  // A name that is not this server's may be a name of the attacker that points to its address.
  const bool browser = site.origin.has_value() || site.fetch_site.has_value();
  const bool any_name = hosts.others == TrustedHosts::Others::kRefusedToBrowsers && !browser;
  if (site.host && !any_name && !IsTrusted(HostOf(*site.host), hosts)) {
    return "the Host " + base::QuotedExcerpt(*site.host, kMostQuoted) +
           " is neither an IP address, localhost nor the host of server.listen" + why +
           "; call the server by its address";
  }
  // Without an Origin it is not a page that sent a request that changes something.
  if (!site.origin) return std::nullopt;
  const auto authority = AuthorityOf(*site.origin);
  if (!authority || !site.host || base::ToLower(*authority) != base::ToLower(*site.host)) {
    return "the request was made by a page of " + base::QuotedExcerpt(*site.origin, kMostQuoted) +
           why;
  }
  return std::nullopt;
}

}  // namespace moorage::api
