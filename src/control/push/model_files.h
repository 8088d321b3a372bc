#pragma once

// A model on disk: its file, its metadata, its weights outside the graph, its reference data.

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "domain/contract/metadata.h"
#include "foundation/base/file_system.h"
#include "foundation/base/result.h"
#include "foundation/model/api_call.h"
#include "foundation/model/artifact.h"

namespace moorage::control {

// The names of the parts of a push (ApiPart::name).
inline constexpr std::string_view kModelPart = "model";
inline constexpr std::string_view kMetadataPart = "metadata";
inline constexpr std::string_view kOptionsPart = "options";
inline constexpr std::string_view kReferencePart = "reference";
inline constexpr std::string_view kNotesPart = "notes";
inline constexpr std::string_view kExternalPart = "external";  // the file name identifies it

// The bytes of the files of a model, before they are inspected.
struct ModelFiles {
  std::shared_ptr<const std::string> model;
  std::optional<std::string> metadata;      // text of model.onnx.metadata
  std::vector<model::NamedBytes> external;  // files that the graph refers to
  std::optional<std::string> reference;     // CSV
};

// The files beside a model in which its graph keeps weights, as the graph names them. Empty for
// bytes that are no ONNX model. The backend reports those when it opens them.
std::set<std::string> ExternalDataFiles(std::string_view model);

// The document of a metadata text. Its errors read "model.onnx.metadata: labels: ...".
base::Result<contract::Metadata> ParseMetadata(std::string_view text, std::string_view file);

struct ModelPaths {
  std::string model;
  std::optional<std::string> metadata;   // unset: `model` + ".metadata", if it exists
  std::optional<std::string> reference;  // unset: the file that the metadata names, beside it
  std::uint64_t limit = std::uint64_t{8} << 30;  // bytes of any one file
};

// Reads a model from disk with all files that belong to it. External data must lie beside the model
// under a plain name, so that a graph cannot make this read any other file. Names that are not
// plain are left for the backend to refuse. kNotFound names the missing file and the file that
// refers to it.
base::Result<ModelFiles> ReadModelFiles(base::FileSystem& files, const ModelPaths& paths);

// The parts of a push that hands these files over.
std::vector<model::ApiPart> ToParts(ModelFiles files);

}  // namespace moorage::control
