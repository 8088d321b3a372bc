#pragma once

// Versions over the fakes of the room runtime, ready to be run by a test.

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "domain/serving/servable/servable.h"
#include "foundation/model/artifact.h"
#include "platform/runtime/testing/fake_backend.h"

namespace moorage::servable {

// The manifest of the linear fake (runtime::FakeSession with three features).
inline model::Manifest FakeManifest() {
  model::Manifest manifest;
  manifest.signature.inputs = {{.name = "input", .type = model::DataType::kFp32, .shape = {-1, 3}}};
  manifest.signature.outputs = {
      {.name = "label", .type = model::DataType::kInt64, .shape = {-1}},
      {.name = "probabilities", .type = model::DataType::kFp32, .shape = {-1, 2}}};
  manifest.task = model::Task::kClassification;
  manifest.labels = std::vector<std::int64_t>{0, 1};
  manifest.features = {"a", "b", "c"};
  manifest.output_roles = {{"label", model::OutputRole::kLabel},
                           {"probabilities", model::OutputRole::kProbabilities}};
  return manifest;
}

// The manifest of FakeEchoSession, with rows of two numbers and a text, and whole outputs.
inline model::Manifest EchoManifest(const model::Signature& signature) {
  model::Manifest manifest;
  manifest.signature = signature;
  manifest.task = model::Task::kOther;
  manifest.features = {"x", "y", "text"};
  return manifest;
}

inline std::uint32_t NextFakeId() {
  static std::atomic<std::uint32_t> next{1};
  return next++;
}

struct FakeServableOptions {
  std::string name = "fake";
  std::string version = "1.0.0";
  bool batchable = true;
  RunCost cost = {};  // zero: always inline
  bool data_dependent = false;
};

// A version around any session, without a probe.
inline std::shared_ptr<Servable> MakeFakeServable(std::unique_ptr<runtime::Session> session,
                                                  const model::Manifest& manifest,
                                                  const FakeServableOptions& options = {}) {
  const model::ModelName name(options.name);
  const model::SemVer version = *model::SemVer::Parse(options.version);
  const std::uint32_t id = NextFakeId();
  auto servable =
      std::make_shared<Servable>(Servable{.name = name,
                                          .version = version,
                                          .digest = model::DigestOf(options.version),
                                          .manifest = manifest,
                                          .session = std::move(session),
                                          .layout = rows::RowLayout::Make(manifest),
                                          .reader = rows::PredictionReader::Make(manifest),
                                          .batchable = options.batchable,
                                          .cost = options.cost,
                                          .id = id,
                                          .label = model::MakeLabel(id, name, version)});
  if (options.data_dependent) servable->probe.data_dependent = {"a loop"};
  return servable;
}

// The linear fake as a version.
inline std::shared_ptr<Servable> MakeFakeServable(runtime::FakeScript& script,
                                                  const FakeServableOptions& options = {}) {
  return MakeFakeServable(std::make_unique<runtime::FakeSession>(script, 3), FakeManifest(),
                          options);
}

// A cost that no reactor takes on.
inline constexpr RunCost kExpensiveCost{.fixed = std::chrono::milliseconds(10),
                                        .per_row = base::Duration{0}};

}  // namespace moorage::servable
