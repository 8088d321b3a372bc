#pragma once

#include <span>
#include <string>
#include <string_view>

#include "edge/api/operation.h"

namespace moorage::api {

// The OpenAPI 3.1 description of these operations, as JSON text. A pure function of the table.
std::string OpenApiDocument(std::span<const Operation> operations, std::string_view version);

// GET /openapi.json.
class OpenApiHandler : public Handler {
 public:
  explicit OpenApiHandler(std::string document) : document_(std::move(document)) {}

  void Handle(ExchangeRef exchange, const PathParameters& /*path*/) override {
    exchange->Send({.body = document_, .headers = {}});
  }

 private:
  const std::string document_;
};

}  // namespace moorage::api
