#include "platform/client/api_error.h"

#include <array>
#include <optional>
#include <string>

#include "foundation/json/json.h"

namespace moorage::client {

namespace {

using base::Code;
using base::Error;

constexpr std::array kCodes = {Code::kInvalid,     Code::kUnauthenticated, Code::kDenied,
                               Code::kNotFound,    Code::kConflict,        Code::kExhausted,
                               Code::kCancelled,   Code::kInternal,        Code::kCorrupt,
                               Code::kUnsupported, Code::kUnavailable,     Code::kDeadline,
                               Code::kStorageFull};

Code CodeOfStatus(int status) {
  switch (status) {
    case 401:
      return Code::kUnauthenticated;
    case 403:
      return Code::kDenied;
    case 404:
      return Code::kNotFound;
    case 409:
      return Code::kConflict;
    case 429:
      return Code::kExhausted;
    case 499:
      return Code::kCancelled;
    case 501:
      return Code::kUnsupported;
    case 502:
    case 503:
      return Code::kUnavailable;
    case 504:
      return Code::kDeadline;
    case 507:
      return Code::kStorageFull;
    default:
      return status >= 500 ? Code::kInternal : Code::kInvalid;
  }
}

std::string TextAt(const json::Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// A kind that only a newer server knows is left out. The message is complete without it.
std::optional<base::Remedy> RemedyAt(const json::Json& object) {
  const auto found = object.find("remedy");
  if (found == object.end() || !found->is_object()) return std::nullopt;
  const auto kind = base::ParseRemedyKind(TextAt(*found, "kind"));
  if (!kind) return std::nullopt;
  return base::Remedy{*kind, TextAt(*found, "subject")};
}

}  // namespace

Error ErrorOfAnswer(int status, std::string_view body) {
  Error error{
      CodeOfStatus(status), "the server answered with status " + std::to_string(status), {}};
  const auto json = json::ParseJson(body);
  if (!json.ok() || !json->is_object() || TextAt(*json, "error").empty()) {
    error.message += ", not in the form of Moorage: is this its port?";
    return error;
  }
  error.message = TextAt(*json, "error");
  const std::string name = TextAt(*json, "code");
  // The name decides where several codes share a status. A reason of its own keeps the status'
  // code.
  for (const Code code : kCodes) {
    if (name == base::Name(code)) error.code = code;
  }
  const auto details = json->find("details");
  if (details != json->end() && details->is_array()) {
    for (const auto& detail : *details) {
      if (detail.is_object()) {
        error.details.push_back({TextAt(detail, "path"), TextAt(detail, "problem")});
      }
    }
  }
  error.remedy = RemedyAt(*json);
  return error;
}

}  // namespace moorage::client
