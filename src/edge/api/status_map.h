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

// The `code` of an error body for a status that HTTP's framing or routing decides (405, 413, ...)
// and no base::Code stands for: the nearest name of the closed set.
std::string_view CodeOfFraming(int status);

}  // namespace moorage::api
