#pragma once

#include <span>
#include <string>
#include <string_view>

#include "edge/api/operation.h"

namespace moorage::management_http {

// The OpenAPI 3.1 description of these operations, as JSON text. A pure function of the table.
std::string OpenApiDocument(std::span<const api::Operation> operations, std::string_view version);

// GET /openapi.json.
class OpenApiHandler : public api::Handler {
 public:
  explicit OpenApiHandler(std::string document) : document_(std::move(document)) {}

  void Handle(api::ExchangeRef exchange, const api::PathParameters& /*path*/) override {
    exchange->Send({.body = document_, .headers = {}});
  }

 private:
  const std::string document_;
};

}  // namespace moorage::management_http
