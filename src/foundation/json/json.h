#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "foundation/base/result.h"

namespace moorage::json {

// A JSON document that keeps the order of its members. The only header that includes the library.
// All code outside the hot path reads and writes JSON through it.
using Json = nlohmann::ordered_json;

// Reads strict JSON (RFC 8259) without NaN, trailing data, duplicate keys, a byte order mark or
// nesting beyond `kMaxJsonDepth`. The error (kInvalid) names line and column, or the path of a
// duplicate key. Integers within uint64 and int64 stay integers, and so does a whole number from
// 2^53 on that is written with a point or an exponent. Any other number is the nearest double. A
// number beyond the largest double (1e400) is an error with its path.
inline constexpr int kMaxJsonDepth = 64;
base::Result<Json> ParseJson(std::string_view text);

// Compact, with numbers in their shortest exact form. U+FFFD replaces invalid UTF-8.
std::string ToText(const Json& json);
// Indented by two, for people.
std::string ToPrettyText(const Json& json);

}  // namespace moorage::json
