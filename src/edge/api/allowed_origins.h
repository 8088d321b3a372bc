#pragma once

// The web pages of other origins that may call this server (CORS). Immutable, so any thread.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edge/api/request.h"

namespace moorage::api {

// A list of origins as a browser sends them ("https://app.example"). "*" stands for every origin.
//
//   AllowedOrigins origins({"https://app.example", "*"});
//   origins.MayRead("https://other.example");    // true: predictions and reads
//   origins.MayChange("https://other.example");  // false: only what is named may change the
//   registry
class AllowedOrigins {
 public:
  AllowedOrigins() = default;
  explicit AllowedOrigins(std::vector<std::string> origins);

  bool empty() const { return origins_.empty(); }
  bool MayRead(std::string_view origin) const { return any_ || MayChange(origin); }
  bool MayChange(std::string_view origin) const;

 private:
  std::vector<std::string> origins_;
  bool any_ = false;
};

// Returns true if the browser asks before it sends a request (Fetch, 3.3.5).
bool IsPreflight(const Request& request);
// Returns those of the asked headers that a page may send, "content-type, x-request-id".
std::string AllowedHeaders(const Request& preflight);

}  // namespace moorage::api
