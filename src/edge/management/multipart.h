#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/model/api_call.h"

namespace moorage::management_http {

// Splits a multipart/form-data body (RFC 7578) into its parts. Strict: every part has a name, no
// two have both the same name and the same file name, the closing boundary is there, nothing
// follows it but a line end; at most 64 parts, headers of a part at most 4 KiB. `content_type` is
// the request's header. A file name keeps only what is behind its last slash or backslash.
base::Result<std::vector<model::ApiPart>> ParseMultipart(std::string_view content_type,
                                                         std::string_view body);

// True if the header says multipart/form-data, whatever its parameters.
bool IsMultipart(std::string_view content_type);

}  // namespace moorage::management_http
