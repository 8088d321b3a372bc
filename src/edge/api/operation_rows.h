#pragma once

#include <string_view>

#include "edge/api/operation.h"

// Short forms for the three kinds of rows that the tables of operations consist of.
namespace moorage::api {

// POST with a JSON body that is answered by a model.
constexpr Operation InferenceRow(std::string_view name, std::string_view path,
                                 std::string_view summary) {
  return {name, Method::kPost, path, Permission::kPredict, true, true, summary};
}

// GET without a body.
constexpr Operation QueryRow(std::string_view name, std::string_view path, std::string_view summary,
                             Permission permission = Permission::kNone) {
  return {name, Method::kGet, path, permission, false, false, summary};
}

// GET that machines ask every few seconds.
constexpr Operation ProbeRow(std::string_view name, std::string_view path,
                             std::string_view summary) {
  Operation operation = QueryRow(name, path, summary);
  operation.is_probe = true;
  return operation;
}

}  // namespace moorage::api
