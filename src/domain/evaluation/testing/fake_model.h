#pragma once

// A model with a manifest, for tests that run one.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "domain/evaluation/dataset.h"
#include "foundation/model/artifact.h"
#include "foundation/model/manifest.h"
#include "platform/runtime/testing/fake_backend.h"

namespace moorage::evaluation {

// The linear model of runtime::FakeBackend with two features, a and b, and its manifest. The label
// is 1 from a mean of 0.5 upwards.
class FakeModel {
 public:
  FakeModel() : backend_(script_, 2), session_(*backend_.Open({})) {
    manifest_.signature = session_->signature();
    manifest_.task = model::Task::kClassification;
    manifest_.labels = std::vector<std::int64_t>{0, 1};
    manifest_.features = {"a", "b"};
    manifest_.output_roles = {{"label", model::OutputRole::kLabel},
                              {"probabilities", model::OutputRole::kProbabilities}};
  }

  runtime::FakeScript& script() { return script_; }
  const runtime::Session& session() const { return *session_; }
  model::Manifest& manifest() { return manifest_; }

  // A data set with the columns a, b and target.
  base::Result<Dataset> Read(const std::string& rows) const {
    return Dataset::FromCsv("a,b,target\n" + rows, manifest_, {.target = "target", .ignored = {}});
  }

 private:
  runtime::FakeScript script_;
  runtime::FakeBackend backend_;
  std::unique_ptr<runtime::Session> session_;
  model::Manifest manifest_;
};

}  // namespace moorage::evaluation
