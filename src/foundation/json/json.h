#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "foundation/base/result.h"

namespace moorage::json {

// A JSON document that keeps the order of its members. The one door to the library; everything that
// is not on the hot path reads and writes JSON through here.
using Json = nlohmann::ordered_json;

// Strict: RFC 8259, no NaN, no trailing data, no duplicate keys, no nesting beyond `kMaxJsonDepth`,
// no byte order mark. The error (kInvalid) names line and column, or the path of a duplicate key.
// Integers within uint64 and int64 stay integers; a number with a point or an exponent is the
// nearest double. What neither holds (an integer beyond 64 bits, 1e400) is an error with its path.
inline constexpr int kMaxJsonDepth = 64;
base::Result<Json> ParseJson(std::string_view text);

// Compact, numbers in their shortest exact form; invalid UTF-8 is replaced by U+FFFD.
std::string ToText(const Json& json);
// Indented by two, for people.
std::string ToPrettyText(const Json& json);

}  // namespace moorage::json
