#include "edge/management/management_operations.h"

#include "control/management/management.h"
#include "edge/api/operation_rows.h"

namespace moorage::management_http {
namespace {

using api::Permission;

constexpr api::Operation kOpenApi = api::QueryRow("openapi", "/openapi.json", "This description");

Permission PermissionOf(std::string_view name) {
  if (name == "push" || name == "delete_version") return Permission::kPush;
  if (name == "validate") return Permission::kValidate;
  if (name == "promote" || name == "rollback") return Permission::kPromote;
  if (name == "gc") return Permission::kAdmin;
  return Permission::kRead;
}

}  // namespace

std::vector<api::Operation> ManagementOperations() {
  std::vector<api::Operation> operations;
  for (const management::ManagementOperation& row : management::Management::Operations()) {
    if (row.path.starts_with("/api/v2/")) continue;  // the data plane answers predictions itself
    operations.push_back({row.name, api::ParseMethod(row.method), row.path, PermissionOf(row.name),
                          false, false, row.summary});
  }
  return operations;
}

const api::Operation& OpenApiOperation() { return kOpenApi; }

}  // namespace moorage::management_http
