#pragma once

// Why a call was answered as it was. Pure values.

#include <cstdint>
#include <string_view>

namespace moorage::api {

// Where the answer was made. Metrics count calls by it.
enum class AnswerReason : std::uint8_t {
  kHandler,  // the operation has answered, well or not
  kPath,     // no operation has this path
  kMethod,   // the path has no such method, or no server has
  kSize,     // the body or the head is too large
  kType,     // the body is of a type that is not read
  kTime,     // the request did not arrive in time
  kFraming,  // the request cannot be read
  kCaller,   // the caller is not known or not permitted
  kMemory,   // server.memory has no room
  kGone,     // the client has gone before its answer
};

// "path", the value of the label `reason`.
constexpr std::string_view Name(AnswerReason reason) {
  switch (reason) {
    case AnswerReason::kHandler:
      return "handler";
    case AnswerReason::kPath:
      return "path";
    case AnswerReason::kMethod:
      return "method";
    case AnswerReason::kSize:
      return "size";
    case AnswerReason::kType:
      return "type";
    case AnswerReason::kTime:
      return "time";
    case AnswerReason::kFraming:
      return "framing";
    case AnswerReason::kCaller:
      return "caller";
    case AnswerReason::kMemory:
      return "memory";
    case AnswerReason::kGone:
      return "gone";
  }
  return "handler";
}

// The reason of a refusal that has this status of HTTP's own.
constexpr AnswerReason ReasonOfFraming(int status) {
  switch (status) {
    case 404:
      return AnswerReason::kPath;
    case 405:
    case 501:
      return AnswerReason::kMethod;
    case 413:
    case 414:
    case 431:
      return AnswerReason::kSize;
    case 415:
      return AnswerReason::kType;
    case 408:
      return AnswerReason::kTime;
    case 429:
    case 503:
      return AnswerReason::kMemory;
    default:
      return AnswerReason::kFraming;
  }
}

}  // namespace moorage::api
