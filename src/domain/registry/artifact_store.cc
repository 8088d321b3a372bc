#include "domain/registry/artifact_store.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "foundation/json/json.h"
#include "foundation/model/file_role.h"

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

// A version needs the blob, so any failed read means that the version is damaged. A store that does
// not respond is the exception, because the blob may be intact.
Error Damaged(Error error) {
  if (error.code != Code::kUnavailable) error.code = Code::kCorrupt;
  return error;
}

Result<const ArtifactFile*> Need(const ArtifactIndex& index, std::string_view name, Code code) {
  if (const ArtifactFile* file = index.Find(name)) return file;
  return Error{code, "artifact: has no file " + std::string(name)};
}

}  // namespace

Result<ArtifactIndex> ArtifactStore::Store(std::span<const FileBytes> files,
                                           const base::CancelToken& cancel) {
  ArtifactIndex index;
  for (const FileBytes& file : files) {
    RETURN_IF_ERROR(model::CheckArtifactFileName(file.name));
    index.files.push_back({.name = file.name, .digest = {}, .size = file.bytes.size()});
  }
  // The order by name makes the index, and so the digest of the artifact, independent of the order
  // of the call. It also puts equal names side by side.
  std::ranges::sort(index.files, {}, &ArtifactFile::name);
  const auto twice = std::ranges::adjacent_find(index.files, {}, &ArtifactFile::name);
  if (twice != index.files.end()) {
    return Error{Code::kInvalid, "artifact: has two files " + twice->name};
  }
  RETURN_IF_ERROR(Need(index, model::kModelFile, Code::kInvalid));
  RETURN_IF_ERROR(Need(index, model::kManifestFile, Code::kInvalid));
  for (const FileBytes& file : files) {
    RETURN_IF_ERROR(cancel.Check());
    ASSIGN_OR_RETURN(Digest digest, base::Annotate("store " + file.name, blobs_.Put(file.bytes)));
    std::ranges::find(index.files, file.name, &ArtifactFile::name)->digest = std::move(digest);
  }
  RETURN_IF_ERROR(base::Annotate("store artifact index", blobs_.Put(index.ToText())));
  return index;
}

Status ArtifactStore::CheckPresent(const ArtifactIndex& artifact) {
  std::vector<Digest> digests = {artifact.digest()};
  for (const ArtifactFile& file : artifact.files) digests.push_back(file.digest);
  for (const Digest& digest : digests) {
    ASSIGN_OR_RETURN(const bool there, blobs_.Has(digest));
    if (!there) {
      return Error{Code::kConflict, "blob " + digest.value() +
                                        ": was not stored, or collected meanwhile; push again"};
    }
  }
  return {};
}

Result<ArtifactIndex> ArtifactStore::LoadIndex(const ModelVersion& version) {
  Result<std::string> text = blobs_.Get(version.artifact, kMaxIndexSize);
  if (!text.ok()) {
    return base::Annotate(Format(version.name, version.version), Damaged(std::move(text).error()));
  }
  return base::Annotate(Format(version.name, version.version), ArtifactIndex::FromText(*text));
}

Result<std::string> ArtifactStore::LoadFile(const ArtifactFile& file) {
  // The size bounds the memory that a damaged blob could take.
  Result<std::string> bytes = blobs_.Get(file.digest, file.size);
  if (!bytes.ok()) return base::Annotate(file.name, Damaged(std::move(bytes).error()));
  return bytes;
}

Result<model::Manifest> ArtifactStore::ReadManifest(const ModelVersion& version,
                                                    const ArtifactIndex& index) {
  const std::string ref = Format(version.name, version.version);
  ASSIGN_OR_RETURN(const ArtifactFile* file,
                   base::Annotate(ref, Need(index, model::kManifestFile, Code::kCorrupt)));
  ASSIGN_OR_RETURN(const std::string text, base::Annotate(ref, LoadFile(*file)));
  const auto json = json::ParseJson(text);
  auto manifest =
      json.ok() ? model::ManifestFromJson(*json) : Result<model::Manifest>(json.error());
  // The bytes are those of the digest, so they were wrong when they were stored. The caller is not
  // to blame for them.
  if (!manifest.ok()) {
    return base::Annotate(ref + ": " + file->name, Damaged(std::move(manifest).error()));
  }
  return manifest;
}

Result<model::Manifest> ArtifactStore::LoadManifest(const ModelVersion& version) {
  ASSIGN_OR_RETURN(const ArtifactIndex index, LoadIndex(version));
  return ReadManifest(version, index);
}

Result<model::Artifact> ArtifactStore::LoadArtifact(const ModelVersion& version) {
  const std::string ref = Format(version.name, version.version);
  ASSIGN_OR_RETURN(const ArtifactIndex index, LoadIndex(version));
  RETURN_IF_ERROR(base::Annotate(ref, Need(index, model::kModelFile, Code::kCorrupt)));
  model::Artifact artifact;
  artifact.digest = version.artifact;
  ASSIGN_OR_RETURN(artifact.manifest, ReadManifest(version, index));
  for (const ArtifactFile& file : index.files) {
    const model::FileRole role = model::RoleOf(file.name);
    // The manifest is in the artifact already, parsed. What is for people and for reports is no
    // business of a backend.
    if (role != model::FileRole::kModel && role != model::FileRole::kWeights) continue;
    ASSIGN_OR_RETURN(std::string bytes, base::Annotate(ref, LoadFile(file)));
    auto shared = std::make_shared<const std::string>(std::move(bytes));
    if (role == model::FileRole::kModel) {
      artifact.model = std::move(shared);
    } else {
      artifact.external.push_back({.name = file.name, .bytes = std::move(shared)});
    }
  }
  return artifact;
}

}  // namespace moorage::registry
