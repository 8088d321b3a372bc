// The part of Registry that moves bytes: artifacts in and out of the blob store.

#include <algorithm>

#include "domain/registry/registry.h"
#include "foundation/json/json.h"

namespace moorage::registry {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;
using model::ArtifactFile;
using model::ArtifactIndex;
using model::Digest;

// An index is a line of about 150 bytes for each file.
constexpr std::uint64_t kMaxIndexSize = 1 << 20;

// Whatever hinders us from reading a blob that a version needs, the version is damaged; only a
// store that does not answer says nothing about it.
Error Damaged(Error error) {
  if (error.code != Code::kUnavailable) error.code = Code::kCorrupt;
  return error;
}

Result<const ArtifactFile*> Need(const ArtifactIndex& index, std::string_view name, Code code) {
  if (const ArtifactFile* file = index.Find(name)) return file;
  return Error{code, "artifact: has no file " + std::string(name)};
}

}  // namespace

Result<ArtifactIndex> Registry::StoreArtifact(std::span<const FileBytes> files) {
  ArtifactIndex index;
  for (const FileBytes& file : files) {
    RETURN_IF_ERROR(model::CheckArtifactFileName(file.name));
    index.files.push_back({.name = file.name, .digest = {}, .size = file.bytes.size()});
  }
  std::ranges::sort(index.files, {}, &ArtifactFile::name);
  const auto twice = std::ranges::adjacent_find(index.files, {}, &ArtifactFile::name);
  if (twice != index.files.end()) {
    return Error{Code::kInvalid, "artifact: has two files " + twice->name};
  }
  RETURN_IF_ERROR(Need(index, model::kModelFile, Code::kInvalid));
  RETURN_IF_ERROR(Need(index, model::kManifestFile, Code::kInvalid));
  for (const FileBytes& file : files) {
    ASSIGN_OR_RETURN(Digest digest,
                     base::Annotate("store " + file.name, deps_.blobs.Put(file.bytes)));
    std::ranges::find(index.files, file.name, &ArtifactFile::name)->digest = std::move(digest);
  }
  RETURN_IF_ERROR(base::Annotate("store artifact index", deps_.blobs.Put(index.ToText())));
  return index;
}

Status Registry::CheckBlobsAreThere(const ArtifactIndex& artifact) {
  std::vector<Digest> digests = {artifact.digest()};
  for (const ArtifactFile& file : artifact.files) digests.push_back(file.digest);
  for (const Digest& digest : digests) {
    ASSIGN_OR_RETURN(const bool there, deps_.blobs.Has(digest));
    if (!there) {
      return Error{Code::kConflict, "blob " + digest.value() +
                                        ": was not stored, or collected meanwhile; push again"};
    }
  }
  return {};
}

Result<ArtifactIndex> Registry::LoadIndex(const ModelVersion& version) {
  Result<std::string> text = deps_.blobs.Get(version.artifact, kMaxIndexSize);
  if (!text.ok()) {
    return base::Annotate(Format(version.name, version.version), Damaged(std::move(text).error()));
  }
  return base::Annotate(Format(version.name, version.version), ArtifactIndex::FromText(*text));
}

Result<std::string> Registry::LoadFile(const ArtifactFile& file) {
  Result<std::string> bytes = deps_.blobs.Get(file.digest, file.size);
  if (!bytes.ok()) return base::Annotate(file.name, Damaged(std::move(bytes).error()));
  return bytes;
}

Result<model::Manifest> Registry::LoadManifest(const ModelVersion& version) {
  const std::string ref = Format(version.name, version.version);
  ASSIGN_OR_RETURN(const ArtifactIndex index, LoadIndex(version));
  ASSIGN_OR_RETURN(const ArtifactFile* file,
                   base::Annotate(ref, Need(index, model::kManifestFile, Code::kCorrupt)));
  ASSIGN_OR_RETURN(const std::string text, base::Annotate(ref, LoadFile(*file)));
  ASSIGN_OR_RETURN(const json::Json json,
                   base::Annotate(ref + ": " + file->name, json::ParseJson(text)));
  return base::Annotate(ref + ": " + file->name, model::ManifestFromJson(json));
}

Result<model::Artifact> Registry::LoadArtifact(const ModelVersion& version) {
  const std::string ref = Format(version.name, version.version);
  ASSIGN_OR_RETURN(const ArtifactIndex index, LoadIndex(version));
  RETURN_IF_ERROR(base::Annotate(ref, Need(index, model::kModelFile, Code::kCorrupt)));
  model::Artifact artifact;
  artifact.digest = version.artifact;
  ASSIGN_OR_RETURN(artifact.manifest, LoadManifest(version));
  for (const ArtifactFile& file : index.files) {
    if (file.name == model::kManifestFile) continue;
    ASSIGN_OR_RETURN(std::string bytes, base::Annotate(ref, LoadFile(file)));
    auto shared = std::make_shared<const std::string>(std::move(bytes));
    if (file.name == model::kModelFile) {
      artifact.model = std::move(shared);
    } else {
      artifact.external.push_back({.name = file.name, .bytes = std::move(shared)});
    }
  }
  return artifact;
}

}  // namespace moorage::registry
