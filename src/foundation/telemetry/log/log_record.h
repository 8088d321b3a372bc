#pragma once

#include <string_view>

#include "foundation/base/clock.h"
#include "foundation/telemetry/log/log.h"

namespace moorage::telemetry {

// What the data plane records of one request. LogShard copies all texts before it returns. JSON
// documents are passed as they were on the wire.

// Larger bodies are logged by their size, so a caller need not keep them.
inline constexpr std::size_t kMostLoggedBody = std::size_t{64} << 10U;

struct PredictionRecord {
  base::Time time;
  base::Duration duration{};
  int code = 200;  // HTTP status
  std::string_view request_id;
  std::string_view endpoint;
  std::string_view model;
  std::string_view version;
  std::string_view request;       // the JSON body, while other bodies are logged by their size
  std::string_view response;      // the body, JSON
  std::size_t request_bytes = 0;  // of a request that was not kept because of its size
};

struct ErrorRecord {
  base::Time time;
  base::Duration duration{};
  int code = 500;  // HTTP status, from 500 on an error, below it a warning
  std::string_view request_id;
  std::string_view endpoint;
  std::string_view model;    // may be empty
  std::string_view version;  // may be empty
  std::string_view request;
  std::string_view response;
  std::size_t request_bytes = 0;  // as above
  std::string_view error;         // the name of the code, "invalid_argument"
  std::string_view message;       // the sentence that the client got, or the fuller one kept inside
};

struct AccessRecord {
  LogLevel level = LogLevel::kInfo;  // kDebug for what machines ask every few seconds
  base::Time time;
  base::Duration duration{};
  int code = 200;
  std::string_view request_id;
  std::string_view method;
  std::string_view path;
  std::string_view client;  // address and port
};

}  // namespace moorage::telemetry
