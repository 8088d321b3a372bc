#pragma once

// What a file of an artifact is for. Loaders ask for roles, so that no file is taken for another.

#include <cstdint>
#include <string_view>

namespace moorage::model {

inline constexpr std::string_view kReferenceFile = "reference.csv";

enum class FileRole : std::uint8_t {
  kModel,      // the graph (kModelFile)
  kManifest,   // what is known of the version (kManifestFile)
  kReference,  // rows of the training data (kReferenceFile)
  kWeights,    // data of the graph outside its file, under the name that the graph has for it
};

// By the name in the artifact. A name that has another role cannot be that of weights.
FileRole RoleOf(std::string_view name);

}  // namespace moorage::model
