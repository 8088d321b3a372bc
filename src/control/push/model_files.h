#pragma once

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
inline constexpr std::string_view kExternalPart = "external";  // the filename says which

// A model as it is handed over: the bytes of its files, before anything is known of them.
struct ModelFiles {
  std::shared_ptr<const std::string> model;
  std::optional<std::string> metadata;      // text of model.onnx.metadata
  std::vector<model::NamedBytes> external;  // files that the graph refers to
  std::optional<std::string> reference;     // CSV
};

// The files beside a model that its graph keeps weights in, as the graph names them. Empty for
// bytes that are no ONNX model: whoever opens them says why.
std::set<std::string> ExternalDataFiles(std::string_view model);

// The document of a metadata text; "model.onnx.metadata: labels: ..." is the form of its errors.
base::Result<contract::Metadata> ParseMetadata(std::string_view text, std::string_view file);

struct ModelPaths {
  std::string model;
  std::optional<std::string> metadata;   // nothing: `model` + ".metadata", if that exists
  std::optional<std::string> reference;  // nothing: what the metadata names, beside the metadata
  std::uint64_t limit = std::uint64_t{8} << 30;  // bytes of any one file
};

// Reads a model from disk with all that belongs to it. External data must lie beside the model
// under a plain name: a graph cannot make this read any other file; names it may not have are left
// for the backend to refuse. kNotFound names a file that is missing and who asks for it.
base::Result<ModelFiles> ReadModelFiles(base::FileSystem& files, const ModelPaths& paths);

// The parts of a push that hands these files over.
std::vector<model::ApiPart> ToParts(ModelFiles files);

}  // namespace moorage::control
