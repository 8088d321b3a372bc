#include "foundation/model/file_role.h"

#include "foundation/model/artifact.h"

namespace moorage::model {

FileRole RoleOf(std::string_view name) {
  if (name == kModelFile) return FileRole::kModel;
  if (name == kManifestFile) return FileRole::kManifest;
  if (name == kReferenceFile) return FileRole::kReference;
  return FileRole::kWeights;
}

}  // namespace moorage::model
