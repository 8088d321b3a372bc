#pragma once

#include "domain/serving/models/routing_view.h"
#include "edge/api/operation.h"
#include "foundation/model/operation_row.h"

namespace moorage::management_http {

// The management API of a server that serves files and has no registry. It lists and describes what
// it serves in the documents of the registry (docs/operations/api.md). What only a registry knows
// is null. Files and evidence are left out. Every other operation is kUnsupported, and the message
// says what to do. One object per reactor and operation.
class ServedModelsHandler : public api::Handler {
 public:
  // `row` is that of a management operation.
  ServedModelsHandler(const model::OperationRow& row, const models::RoutingView& view);

  // Whether a server without a registry answers this operation.
  static bool Answers(const model::OperationRow& row);

  void Handle(api::ExchangeRef exchange, const api::PathParameters& path) override;

 private:
  enum class Call { kListModels, kShowModel, kShowVersion, kOther };
  static Call CallOf(const model::OperationRow& row);

  const Call call_;
  const models::RoutingView& view_;
};

}  // namespace moorage::management_http
