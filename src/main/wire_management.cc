#include "main/wire_management.h"

#include <memory>
#include <vector>

#include "edge/management/management_handler.h"
#include "edge/management/management_operations.h"
#include "edge/management/openapi.h"
#include "edge/management/served_models_handler.h"
#include "main/data_operations.h"
#include "main/version.h"

namespace moorage::main {

base::Status AddManagementRoutes(Routes& routes, const Managed& managed) {
  const bool from_files = managed.management == nullptr;
  std::vector<api::Operation> described(DataOperations().begin(), DataOperations().end());
  for (const api::Operation& operation : management_http::ManagementOperations()) {
    // Without a registry most operations have a route, which answers what to do, but the document
    // does not offer them.
    if (!from_files || management_http::ServedModelsHandler::Answers(*operation.row)) {
      described.push_back(operation);
    }
    if (from_files) {
      RETURN_IF_ERROR(routes.Add(operation, std::make_unique<management_http::ServedModelsHandler>(
                                                *operation.row, managed.view)));
      continue;
    }
    RETURN_IF_ERROR(routes.Add(
        operation, std::make_unique<management_http::ManagementHandler>(
                       *operation.row, management_http::ManagementHandler::Deps{
                                           *managed.management, managed.manager, managed.jobs,
                                           managed.reactor, managed.memory})));
  }
  return routes.Add(api::FindOperation(DataOperations(), "openapi"),
                    std::make_unique<management_http::OpenApiHandler>(
                        management_http::OpenApiDocument(described, kVersion)));
}

}  // namespace moorage::main
