#include "control/push/model_files.h"

#include <utility>

#include "foundation/base/text_file.h"
#include "foundation/model/file_role.h"
#include "platform/runtime/onnx/onnx_outline.h"

namespace moorage::control {
namespace {

using base::Code;
using base::Result;

// The directory of a path, with its slash. Empty for a bare name.
std::string DirectoryOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

std::string_view NameOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// A name that can only mean a file in the same directory.
bool IsPlain(std::string_view name) {
  return model::CheckArtifactFileName(name).ok() && name.find('/') == std::string_view::npos;
}

Result<std::optional<std::string>> ReadMetadata(base::FileSystem& files, const ModelPaths& paths,
                                                const std::string& path) {
  auto text = base::ReadTextFile(files, path, paths.limit);
  if (text.ok()) return std::optional<std::string>(*std::move(text));
  // The file beside the model is optional. One that the user names must be there.
  if (text.error().code == Code::kNotFound && !paths.metadata) return std::optional<std::string>();
  return base::Annotate("metadata", std::move(text).error());
}

Result<std::vector<model::NamedBytes>> ReadExternal(base::FileSystem& files,
                                                    const ModelPaths& paths,
                                                    std::string_view model) {
  std::vector<model::NamedBytes> external;
  const std::string directory = DirectoryOf(paths.model);
  for (const std::string& name : ExternalDataFiles(model)) {
    // A hostile graph may name any path of this machine. Such a file is not read, and the backend
    // refuses the model.
    if (!IsPlain(name)) continue;
    auto bytes = files.Read(directory + name, paths.limit);
    if (!bytes.ok()) {
      return base::Annotate(paths.model + " keeps weights in the file '" + name + "' beside it",
                            std::move(bytes).error());
    }
    external.push_back({name, std::make_shared<const std::string>(*std::move(bytes))});
  }
  return external;
}

}  // namespace

std::set<std::string> ExternalDataFiles(std::string_view model) {
  auto outline = runtime::ReadOnnxOutline(model);
  return outline.ok() ? std::move(outline->external_files) : std::set<std::string>();
}

Result<contract::Metadata> ParseMetadata(std::string_view text, std::string_view file) {
  ASSIGN_OR_RETURN(const json::Json json, base::Annotate(file, json::ParseJson(text)));
  return base::Annotate(file, contract::MetadataFromJson(json));
}

Result<ModelFiles> ReadModelFiles(base::FileSystem& files, const ModelPaths& paths) {
  ModelFiles read;
  ASSIGN_OR_RETURN(std::string bytes, files.Read(paths.model, paths.limit));
  const std::string metadata_path = paths.metadata.value_or(paths.model + ".metadata");
  ASSIGN_OR_RETURN(read.metadata, ReadMetadata(files, paths, metadata_path));
  ASSIGN_OR_RETURN(read.external, ReadExternal(files, paths, bytes));
  read.model = std::make_shared<const std::string>(std::move(bytes));
  if (paths.reference) {
    ASSIGN_OR_RETURN(read.reference,
                     base::Annotate("reference", files.Read(*paths.reference, paths.limit)));
  } else if (read.metadata) {
    ASSIGN_OR_RETURN(const contract::Metadata metadata,
                     ParseMetadata(*read.metadata, NameOf(metadata_path)));
    if (!metadata.reference) return read;
    // MetadataFromJson has checked that the name is of a file beside the model.
    auto reference = files.Read(DirectoryOf(metadata_path) + *metadata.reference, paths.limit);
    if (!reference.ok()) {
      return base::Annotate(
          metadata_path + " names the reference data '" + *metadata.reference + "'",
          std::move(reference).error());
    }
    read.reference = *std::move(reference);
  }
  return read;
}

std::vector<model::ApiPart> ToParts(ModelFiles files) {
  std::vector<model::ApiPart> parts;
  parts.push_back({std::string(kModelPart), std::string(model::kModelFile), *files.model});
  if (files.metadata) {
    parts.push_back(
        {std::string(kMetadataPart), "model.onnx.metadata", *std::move(files.metadata)});
  }
  if (files.reference) {
    parts.push_back({std::string(kReferencePart), std::string(model::kReferenceFile),
                     *std::move(files.reference)});
  }
  for (const model::NamedBytes& file : files.external) {
    parts.push_back({std::string(kExternalPart), file.name, *file.bytes});
  }
  return parts;
}

}  // namespace moorage::control
