#include "edge/management/management_operations.h"

#include "control/management/operations.h"
#include "edge/api/operation_kinds.h"

namespace moorage::management_http {
namespace {

constexpr api::Operation kOpenApi = api::QueryRow("openapi", "/openapi.json", "This description");

api::Operation ToOperation(const model::OperationRow& row) {
  return {.name = row.name,
          .method = api::ParseMethod(model::Name(row.verb)),
          .path = row.path,
          .permission = row.permission,
          .summary = row.summary,
          .row = &row};
}

}  // namespace

std::vector<api::Operation> ManagementOperations() {
  std::vector<api::Operation> operations;
  for (const management::ManagementOperation* operation : management::Operations()) {
    if (operation->row.answered_by == model::AnsweredBy::kDataPlane) continue;
    operations.push_back(ToOperation(operation->row));
  }
  return operations;
}

const api::Operation& OpenApiOperation() { return kOpenApi; }

}  // namespace moorage::management_http
