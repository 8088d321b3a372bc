#include "edge/api/request.h"

#include "foundation/base/ascii.h"

namespace moorage::api {

std::optional<std::string_view> Request::Find(std::string_view name) const {
  for (const Header& header : headers) {
    // Most headers are dismissed by their length, without a call.
    if (header.name.size() != name.size()) continue;
    if (base::EqualsIgnoreCase(header.name, name)) return header.value;
  }
  return std::nullopt;
}

std::string_view Request::MethodName() const {
  return method == Method::kOther && !method_text.empty() ? method_text : Name(method);
}

std::string_view Name(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kHead:
      return "HEAD";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
    case Method::kOptions:
      return "OPTIONS";
    case Method::kOther:
      break;
  }
  return "OTHER";
}

Method ParseMethod(std::string_view name) {
  // The most frequent method comes first. Names of methods are case-sensitive (RFC 9110, 9.1).
  for (const Method method : {Method::kPost, Method::kGet, Method::kHead, Method::kPut,
                              Method::kPatch, Method::kDelete, Method::kOptions}) {
    if (Name(method) == name) return method;
  }
  return Method::kOther;
}

}  // namespace moorage::api
