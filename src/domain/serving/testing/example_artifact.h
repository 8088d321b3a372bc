#pragma once

#include <string>
#include <utility>

#include "foundation/model/artifact.h"
#include "foundation/model/json.h"
#include "foundation/model/metadata.h"
#include "platform/runtime/backend.h"
#include "platform/runtime/testing/model_files.h"

namespace moorage::serving {

// One of the models of examples/ ("cancer"), with the manifest that a push would give it.
inline base::Result<model::Artifact> ExampleArtifact(const std::string& name,
                                                     runtime::Backend& backend) {
  const std::string path = "examples/" + name + "/model.onnx";
  model::Artifact artifact = runtime::ArtifactOfFile(path);
  artifact.digest = model::DigestOf(*artifact.model);
  ASSIGN_OR_RETURN(const model::Json json,
                   model::ParseJson(runtime::ReadRepositoryFile(path + ".metadata")));
  ASSIGN_OR_RETURN(const model::Metadata metadata, model::MetadataFromJson(json));
  ASSIGN_OR_RETURN(const auto session, backend.Open(artifact));
  ASSIGN_OR_RETURN(model::Inferred inferred,
                   model::InferManifest(session->signature(), metadata, session->graph().metadata,
                                        session->graph().producer));
  artifact.manifest = std::move(inferred.manifest);
  return artifact;
}

}  // namespace moorage::serving
