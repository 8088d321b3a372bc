#pragma once

#include <string_view>

namespace moorage::json {

// What the first bytes of a text show of an encoding that is no JSON (RFC 8259, 8.1). A sentence
// fragment that names a byte order mark or UTF-16, or null. Pure, and it looks at four bytes only.
const char* EncodingProblem(std::string_view text);

}  // namespace moorage::json
