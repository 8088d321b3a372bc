#include "foundation/base/error.h"

#include <utility>

namespace moorage::base {

std::string_view Name(Code code) {
  switch (code) {
    case Code::kInvalid:
      return "invalid_argument";
    case Code::kUnauthenticated:
      return "unauthenticated";
    case Code::kDenied:
      return "permission_denied";
    case Code::kNotFound:
      return "not_found";
    case Code::kConflict:
      return "conflict";
    case Code::kExhausted:
      return "resource_exhausted";
    case Code::kStorageFull:
      return "insufficient_storage";
    case Code::kCancelled:
      return "cancelled";
    case Code::kInternal:
      return "internal";
    case Code::kCorrupt:
      return "data_loss";
    case Code::kUnsupported:
      return "unsupported";
    case Code::kUnavailable:
      return "unavailable";
    case Code::kDeadline:
      return "deadline_exceeded";
  }
  return "internal";
}

std::string_view ClientCode(const Error& error) {
  return error.reason.empty() ? Name(error.code) : error.reason;
}

Error Annotate(std::string_view context, Error error) {
  error.message.insert(0, ": ").insert(0, context);
  return error;
}

}  // namespace moorage::base
