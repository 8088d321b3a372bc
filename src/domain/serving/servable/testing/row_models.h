#pragma once

// The models of tests/testdata/rows as versions, opened by ONNX Runtime.

#include <string>
#include <utility>

#include "domain/serving/servable/testing/fake_servable.h"
#include "platform/runtime/onnx/onnx_backend.h"
#include "platform/runtime/testing/repository_files.h"

namespace moorage::servable {

inline runtime::OnnxBackend& RowModelBackend() {
  static runtime::OnnxBackend backend;
  return backend;
}

// The artifact of a file of the checkout, whose outputs have no meaning.
inline model::Artifact RowModelArtifact(const std::string& file) {
  model::Artifact artifact = runtime::ArtifactOfFile("tests/testdata/" + file);
  artifact.digest = model::DigestOf(*artifact.model);
  artifact.manifest.task = model::Task::kOther;
  if (const auto session = RowModelBackend().Open(artifact); session.ok()) {
    artifact.manifest.signature = (*session)->signature();
  }
  return artifact;
}

// A version of "mean" for tests/testdata/rows/mean.onnx, not probed. Null if it cannot be opened.
inline std::shared_ptr<Servable> RowModel(const std::string& name) {
  const model::Artifact artifact = RowModelArtifact("rows/" + name + ".onnx");
  auto session = RowModelBackend().Open(artifact);
  if (!session.ok()) return nullptr;
  return MakeFakeServable(*std::move(session), artifact.manifest,
                          {.name = name, .batchable = false});
}

}  // namespace moorage::servable
