#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace moorage::api {

// Which types of a body are read as JSON.
enum class JsonTypes : std::uint8_t {
  kAnnounced,  // application/json, and any type that ends in "+json"
  // Also text/json, and application/x-www-form-urlencoded, which curl -d sends without being asked.
  kCustomary,
};

// True if a body of this Content-Type is read as JSON. A charset must be UTF-8.
bool IsJsonInUtf8(std::string_view content_type, JsonTypes types);

// True for multipart/form-data.
bool IsForm(std::string_view content_type);

// The messages of a 415. They name the type that came and the header to send.
std::string RefusedType(std::string_view content_type);
// Of an endpoint that also reads forms. Empty if the request has no Content-Type.
std::string RefusedFormType(std::string_view content_type);

}  // namespace moorage::api
