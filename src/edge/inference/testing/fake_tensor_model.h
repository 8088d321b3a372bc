#pragma once

// Models of any signature whose work is a function of the test.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "domain/serving/servable/testing/fake_servable.h"

namespace moorage::inference {

// The work of a test's model. It returns every output for these inputs. Without a function the
// outputs are the inputs, one for one.
using TensorFunction =
    std::function<std::vector<model::Tensor>(std::span<const model::TensorView> inputs)>;

// A copy that owns its elements.
inline model::Tensor CopyOf(const model::TensorView& view) {
  return {.type = view.type,
          .shape = {view.shape.begin(), view.shape.end()},
          .bytes = {view.bytes.begin(), view.bytes.end()},
          .strings = {view.strings.begin(), view.strings.end()}};
}

// A session of any signature.
class FakeTensorSession : public runtime::Session {
 public:
  FakeTensorSession(model::Signature signature, TensorFunction function)
      : signature_(std::move(signature)), function_(std::move(function)) {}

  const model::Signature& signature() const override { return signature_; }
  const runtime::GraphInfo& graph() const override { return graph_; }
  std::unique_ptr<runtime::RunControl> MakeControl() const override {
    return std::make_unique<Control>();
  }
  base::Result<runtime::Outputs> Run(std::span<const model::TensorView> inputs,
                                     std::span<const std::size_t> wanted,
                                     runtime::RunControl* /*control*/) const override {
    auto storage = std::make_unique<Storage>();
    if (function_) {
      storage->tensors = function_(inputs);
    } else {
      for (const model::TensorView& input : inputs) storage->tensors.push_back(CopyOf(input));
    }
    std::vector<model::TensorView> views;
    if (wanted.empty()) {
      for (const model::Tensor& tensor : storage->tensors) views.push_back(tensor.view());
    }
    for (const std::size_t index : wanted) views.push_back(storage->tensors.at(index).view());
    return runtime::Outputs(std::move(views), std::move(storage));
  }

 private:
  struct Storage : runtime::Outputs::Storage {
    std::vector<model::Tensor> tensors;
  };
  struct Control : runtime::RunControl {
    void Terminate() override {}
  };

  const model::Signature signature_;
  const TensorFunction function_;
  const runtime::GraphInfo graph_;
};

// Opens any artifact as that session.
class FakeTensorBackend : public runtime::Backend {
 public:
  FakeTensorBackend(model::Signature signature, TensorFunction function)
      : signature_(std::move(signature)), function_(std::move(function)) {}

  base::Result<std::unique_ptr<runtime::Session>> Open(
      const model::Artifact& /*artifact*/) override {
    return std::make_unique<FakeTensorSession>(signature_, function_);
  }
  std::string version() const override { return "fake 1.0.0"; }

 private:
  const model::Signature signature_;
  const TensorFunction function_;
};

}  // namespace moorage::inference
