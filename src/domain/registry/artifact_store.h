#pragma once

// Artifacts as blobs.

#include <span>
#include <string>
#include <string_view>

#include "domain/registry/model_version.h"
#include "foundation/base/cancel_token.h"
#include "foundation/base/result.h"
#include "foundation/model/artifact.h"
#include "platform/store/blob_store.h"

namespace moorage::registry {

// One file of an artifact that is to be stored.
struct FileBytes {
  std::string name;
  std::string_view bytes;
};

// Reads and writes artifacts as blobs. An artifact is one blob for each file and one for the index.
//
// Has no state of its own, so any thread may use it. All bytes are verified when they are read. A
// blob that a version needs and that cannot be read is kCorrupt. A blob store that does not respond
// is kUnavailable.
class ArtifactStore {
 public:
  // `blobs` must outlive the store.
  explicit ArtifactStore(store::BlobStore& blobs) : blobs_(blobs) {}

  // Stores the files, then their index. kInvalid if two names are equal, or if model.onnx or
  // manifest.json is missing. Nothing is stored then. The token is asked before each file.
  base::Result<model::ArtifactIndex> Store(std::span<const FileBytes> files,
                                           const base::CancelToken& cancel = {});
  // kConflict names the first blob of the artifact that the store does not have.
  base::Status CheckPresent(const model::ArtifactIndex& artifact);

  base::Result<model::ArtifactIndex> LoadIndex(const ModelVersion& version);
  base::Result<std::string> LoadFile(const model::ArtifactFile& file);
  base::Result<model::Manifest> LoadManifest(const ModelVersion& version);
  base::Result<model::Artifact> LoadArtifact(const ModelVersion& version);

 private:
  base::Result<model::Manifest> ReadManifest(const ModelVersion& version,
                                             const model::ArtifactIndex& index);

  store::BlobStore& blobs_;
};

}  // namespace moorage::registry
