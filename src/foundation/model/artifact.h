#pragma once

// The files of a version and their index. Plain values.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/model/manifest.h"
#include "foundation/model/names.h"

namespace moorage::model {

inline constexpr std::string_view kModelFile = "model.onnx";
inline constexpr std::string_view kManifestFile = "manifest.json";

// Checks a file name that may stand in an artifact. kInvalid names the rule that it breaks.
// - It is relative, and at most 255 bytes long.
// - Its parts are joined by '/', and none of them is empty, "." or "..".
// - It has no backslash and no control character.
base::Status CheckArtifactFileName(std::string_view name);

// One file of an artifact. `name` passes CheckArtifactFileName().
struct ArtifactFile {
  std::string name;
  Digest digest;
  std::uint64_t size = 0;

  bool operator==(const ArtifactFile&) const = default;
};

// The list of an artifact's files, which are model.onnx, manifest.json and external data. Its
// canonical text (docs/formats/artifact.md) is a blob itself. The digest of that blob is the digest
// of the artifact, so it covers every file.
struct ArtifactIndex {
  std::vector<ArtifactFile> files;  // sorted by name, names unique

  // Null if there is no such file.
  const ArtifactFile* Find(std::string_view name) const;
  std::string ToText() const;
  Digest digest() const;
  // Reads only what ToText() writes, byte for byte. Anything else is kCorrupt with the line. The
  // caller checks which files must be there.
  static base::Result<ArtifactIndex> FromText(std::string_view text);

  bool operator==(const ArtifactIndex&) const = default;
};

// An external-data file of a model, in memory.
struct NamedBytes {
  std::string name;
  std::shared_ptr<const std::string> bytes;
};

// A verified artifact in memory, as a backend opens it. Cheap to copy.
struct Artifact {
  Digest digest;
  std::shared_ptr<const std::string> model;  // the graph's bytes
  std::vector<NamedBytes> external;          // files that the graph refers to
  Manifest manifest;
};

}  // namespace moorage::model
