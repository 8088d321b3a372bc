#pragma once

#include <string_view>

#include "edge/api/operation.h"
#include "edge/api/protocols/model_door.h"

namespace moorage::api {

// The management API of a server that serves files and has no registry: it lists and describes what
// it serves, in the documents of the registry (docs/operations/api.md) with null for what only a
// registry knows and without files and evidence. Everything else is kUnsupported, with what to do.
class ServedModelsHandler : public Handler {
 public:
  // `operation` is the name of a management operation: "list_models".
  ServedModelsHandler(std::string_view operation, ModelDoor& door);

  // Whether a server without a registry answers this operation.
  static bool Answers(std::string_view operation);

  void Handle(ExchangeRef exchange, const PathParameters& path) override;

 private:
  enum class Call { kListModels, kShowModel, kShowVersion, kOther };
  static Call CallOf(std::string_view operation);

  const Call call_;
  ModelDoor& door_;
};

}  // namespace moorage::api
