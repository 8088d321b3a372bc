#pragma once

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

// A file name that may stand in an artifact: relative, parts joined by '/', none of them empty, "."
// or
// "..", no backslash, no control characters, at most 255 bytes. kInvalid says what is wrong.
base::Status CheckArtifactFileName(std::string_view name);

// One file of an artifact. `name` passes CheckArtifactFileName().
struct ArtifactFile {
  std::string name;
  Digest digest;
  std::uint64_t size = 0;

  bool operator==(const ArtifactFile&) const = default;
};

// The list of an artifact's files: model.onnx, manifest.json, external data. Its canonical text
// (docs/formats/artifact.md) is a blob itself, and that blob's digest is the artifact's digest: one
// hash that no file can escape.
struct ArtifactIndex {
  std::vector<ArtifactFile> files;  // sorted by name, names unique

  // Null if there is no such file.
  const ArtifactFile* Find(std::string_view name) const;
  std::string ToText() const;
  Digest digest() const;
  // Only what ToText() writes, byte for byte; anything else is kCorrupt, with the line. Which files
  // must be there is the reader's to judge.
  static base::Result<ArtifactIndex> FromText(std::string_view text);

  bool operator==(const ArtifactIndex&) const = default;
};

// An external-data file of a model, in memory.
struct NamedBytes {
  std::string name;
  std::shared_ptr<const std::string> bytes;
};

// A verified artifact in memory: what a backend opens. Cheap to copy.
struct Artifact {
  Digest digest;
  std::shared_ptr<const std::string> model;  // the graph's bytes
  std::vector<NamedBytes> external;          // files that the graph refers to
  Manifest manifest;
};

}  // namespace moorage::model
