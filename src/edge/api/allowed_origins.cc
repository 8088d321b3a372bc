#include "edge/api/allowed_origins.h"

#include <algorithm>
#include <array>

#include "foundation/base/ascii.h"

namespace moorage::api {
namespace {

// Every header that an operation reads.
constexpr std::array<std::string_view, 8> kReadHeaders = {
    "accept",          "authorization", "content-encoding", "content-type",
    "idempotency-key", "traceparent",   "x-api-key",        "x-request-id"};

}  // namespace

AllowedOrigins::AllowedOrigins(std::vector<std::string> origins)
    : origins_(std::move(origins)), any_(std::ranges::find(origins_, "*") != origins_.end()) {}

bool AllowedOrigins::MayChange(std::string_view origin) const {
  return origin != "*" && std::ranges::find(origins_, origin) != origins_.end();
}

bool IsPreflight(const Request& request) {
  return request.method == Method::kOptions && request.Find("origin").has_value() &&
         request.Find("access-control-request-method").has_value();
}

std::string AllowedHeaders(const Request& preflight) {
  std::string_view asked = preflight.Find("access-control-request-headers").value_or("");
  std::string allowed;
  while (!asked.empty()) {
    const std::size_t comma = std::min(asked.find(','), asked.size());
    const std::string_view name = base::TrimBlanks(asked.substr(0, comma));
    asked.remove_prefix(std::min(comma + 1, asked.size()));
    // The list's own text is sent, so nothing of the request comes back in a header.
    for (const std::string_view known : kReadHeaders) {
      if (!base::EqualsIgnoreCase(name, known)) continue;
      if (allowed.find(known) != std::string::npos) break;
      if (!allowed.empty()) allowed += ", ";
      allowed += known;
      break;
    }
  }
  return allowed;
}

}  // namespace moorage::api
