#include "control/management/management.h"

#include <array>

namespace moorage::management {
namespace {

constexpr std::array<ManagementOperation, 14> kOperations = {{
    {"list_models", "GET", "/api/v1/models", "Every model with its latest version and aliases"},
    {"show_model", "GET", "/api/v1/models/{name}", "One model with its versions and aliases"},
    {"push", "POST", "/api/v1/models/{name}/versions", "Register a version"},
    {"show_version", "GET", "/api/v1/models/{name}/versions/{selector}",
     "One version with its manifest, files and evidence"},
    {"delete_version", "DELETE", "/api/v1/models/{name}/versions/{selector}",
     "Delete a version; its number is never used again"},
    {"validate", "POST", "/api/v1/models/{name}/versions/{selector}/validations",
     "Measure a version on labelled data and judge it by a policy"},
    {"promote", "PUT", "/api/v1/models/{name}/aliases/{alias}", "Point an alias to a version"},
    {"rollback", "POST", "/api/v1/models/{name}/aliases/{alias}/rollback",
     "Point an alias back to where it was before"},
    {"history", "GET", "/api/v1/models/{name}/history", "Every move of a model's aliases"},
    {"diff", "GET", "/api/v1/diff", "What changes for callers between two versions"},
    {"audit", "GET", "/api/v1/audit", "Who did what, and when"},
    {"gc", "POST", "/api/v1/gc", "Remove bytes that no version refers to"},
    {"doctor", "GET", "/api/v1/doctor", "Read and verify everything that is stored"},
    {"predict", "POST", "/api/v2/models/{ref}/predict", "Predict with one version"},
}};

}  // namespace

std::span<const ManagementOperation> Management::Operations() { return kOperations; }

}  // namespace moorage::management
