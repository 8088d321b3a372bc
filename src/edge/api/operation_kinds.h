#pragma once

#include <string_view>

#include "edge/api/operation.h"

namespace moorage::api {

// The kinds of rows that operation tables hold. Each function makes a row of its kind.
//
//   constexpr std::array kOperations = {
//       InferenceRow("predict", "/predict", "Predict one row with the default model"),
//       ProbeRow("health_live", "/health/live", "Whether the process is alive"),
//   };

// POST with a JSON body, answered by a model.
constexpr Operation InferenceRow(std::string_view name, std::string_view path,
                                 std::string_view summary) {
  return {.name = name,
          .method = Method::kPost,
          .path = path,
          .permission = Permission::kPredict,
          .is_inference = true,
          .json_body = true,
          .summary = summary};
}

// GET without a body.
constexpr Operation QueryRow(std::string_view name, std::string_view path, std::string_view summary,
                             Permission permission = Permission::kNone) {
  return {.name = name,
          .method = Method::kGet,
          .path = path,
          .permission = permission,
          .summary = summary};
}

// GET that machines send every few seconds.
constexpr Operation ProbeRow(std::string_view name, std::string_view path,
                             std::string_view summary) {
  return {.name = name, .method = Method::kGet, .path = path, .summary = summary, .is_probe = true};
}

}  // namespace moorage::api
