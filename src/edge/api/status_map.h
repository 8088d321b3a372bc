#pragma once

#include <string_view>

#include "foundation/base/error.h"

namespace moorage::api {

// The one table from error codes to protocols.
int HttpStatus(base::Code code);
// The number of the gRPC status (google.rpc.Code).
int GrpcStatus(base::Code code);

// The reason phrase of an HTTP status ("Not Found"), "Unknown" for one that we do not use.
std::string_view ReasonPhrase(int status);

// The `code` of an error body for a status of HTTP's own, such as 405 or 413. No base::Code stands
// for these, so it is the nearest name of the closed set.
std::string_view CodeOfFraming(int status);

}  // namespace moorage::api
