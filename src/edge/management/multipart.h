#pragma once

// Reads multipart/form-data. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/model/api_call.h"

namespace moorage::management_http {

// Splits a multipart/form-data body (RFC 7578) into its parts. `content_type` is the request's
// header. A file name keeps only what is behind its last slash or backslash. The reader is strict.
//  - Every part has a name. No two parts have both the same name and the same file name.
//  - The closing boundary is there, and only a line end follows it.
//  - There are at most 64 parts. The headers of a part have at most 4 KiB.
base::Result<std::vector<model::ApiPart>> ParseMultipart(std::string_view content_type,
                                                         std::string_view body);

}  // namespace moorage::management_http
