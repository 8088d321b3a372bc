#pragma once

// Reads models of the checkout for tests.

#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "foundation/model/artifact.h"

namespace moorage::runtime {

// The bytes of a file of the checkout, "examples/cancer/model.onnx" for instance; empty if missing.
inline std::string ReadRepositoryFile(const std::string& path) {
  std::ifstream file(std::string(MOORAGE_SOURCE_DIR) + "/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline model::Artifact ArtifactOf(std::string bytes) {
  model::Artifact artifact;
  artifact.model = std::make_shared<const std::string>(std::move(bytes));
  return artifact;
}

inline model::Artifact ArtifactOfFile(const std::string& path) {
  return ArtifactOf(ReadRepositoryFile(path));
}

}  // namespace moorage::runtime
