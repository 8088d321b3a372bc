#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace moorage::telemetry {

// The structure of a JSON document without its content. Every scalar becomes the name of its type.
// An array whose elements look alike becomes their number and one of them.
//
//   {"features": [1.5, 2, 3], "id": "a"} -> {"features":{"array":3,"of":"number"},"id":"string"}
//
// Names of members stay, because they are feature names. Arrays of unlike elements keep the first
// 16. Nothing if the text is not one JSON document, or nested deeper than 64.
std::optional<std::string> RedactJson(std::string_view json);

}  // namespace moorage::telemetry
