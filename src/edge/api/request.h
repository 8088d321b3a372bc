#pragma once

// A request, whatever protocol carried it.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace moorage::api {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

// Returns "GET", or "OTHER" for kOther.
std::string_view Name(Method method);
// Methods are case-sensitive. A name outside the set is kOther.
Method ParseMethod(std::string_view name);

struct Header {
  std::string_view name;  // as received, to be compared case-insensitively
  std::string_view value;
};

// A request, whatever protocol carried it. The views point into the connection's buffer. They are
// valid only until Handler::Handle() returns, so copy what you keep (kept_request.h).
struct Request {
  Method method = Method::kOther;
  std::string_view method_text = {};  // as received. Only where `method` is kOther
  std::string_view path = {};         // decoded once, without query
  std::string_view query = {};        // raw, after '?'
  std::span<const Header> headers = {};
  std::string_view body = {};

  // Returns the method's name. A name outside the set is returned as received.
  std::string_view MethodName() const;
  // Returns the value of the first header of this name, or nothing. `name` is in lower case.
  std::optional<std::string_view> Find(std::string_view name) const;
};

}  // namespace moorage::api
