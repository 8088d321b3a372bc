#pragma once

// A model that answers its inputs: `number` FP64 [first, 2] and `text` BYTES [first, 1] come back
// as `number_out` and `text_out`. For the forms that the linear fake does not have: strings,
// several inputs, a fixed first dimension, outputs that do not follow the rows.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "foundation/base/mutex.h"
#include "platform/runtime/session.h"

namespace moorage::servable {

class FakeEchoSession : public runtime::Session {
 public:
  // `first` is the signature's first dimension; other numbers of rows are refused unless it is -1.
  explicit FakeEchoSession(std::int64_t first = -1) : first_(first) {
    using model::DataType;
    signature_.inputs = {{.name = "number", .type = DataType::kFp64, .shape = {first, 2}},
                         {.name = "text", .type = DataType::kBytes, .shape = {first, 1}}};
    signature_.outputs = {{.name = "number_out", .type = DataType::kFp64, .shape = {first, 2}},
                          {.name = "text_out", .type = DataType::kBytes, .shape = {first, 1}}};
  }

  // From now on only the first row is answered.
  void AnswerOnlyTheFirstRow() { only_first_ = true; }

  const model::Signature& signature() const override { return signature_; }
  const runtime::GraphInfo& graph() const override { return graph_; }
  std::unique_ptr<runtime::RunControl> MakeControl() const override {
    return std::make_unique<Control>();
  }

  // The number of rows of every run so far.
  std::vector<std::int64_t> batches() const {
    const base::MutexLock lock(mu_);
    return batches_;
  }

  base::Result<runtime::Outputs> Run(std::span<const model::TensorView> inputs,
                                     std::span<const std::size_t> wanted,
                                     runtime::RunControl* /*control*/) const override {
    auto storage = std::make_unique<Storage>();
    for (const model::TensorView& input : inputs) {
      if (input.shape.size() != 2 || (first_ >= 0 && input.shape[0] != first_)) {
        return base::Error{base::Code::kInvalid, "the shape does not fit"};
      }
      const std::int64_t rows = only_first_ ? 1 : input.shape[0];
      const auto elements = static_cast<std::size_t>(rows * input.shape[1]);
      model::Tensor& tensor = storage->tensors.emplace_back();
      tensor.type = input.type;
      tensor.shape = {rows, input.shape[1]};
      if (input.type == model::DataType::kBytes) {
        tensor.strings.assign(input.strings.begin(), input.strings.begin() + rows);
      } else {
        const auto bytes = input.bytes.first(elements * model::ElementSize(input.type));
        tensor.bytes.assign(bytes.begin(), bytes.end());
      }
    }
    {
      const base::MutexLock lock(mu_);
      batches_.push_back(inputs[0].shape[0]);
    }
    std::vector<model::TensorView> views;
    for (std::size_t i = 0; i < storage->tensors.size(); ++i) {
      const bool asked =
          wanted.empty() || std::find(wanted.begin(), wanted.end(), i) != wanted.end();
      if (asked) views.push_back(storage->tensors[i].view());
    }
    return runtime::Outputs(std::move(views), std::move(storage));
  }

 private:
  struct Storage : runtime::Outputs::Storage {
    std::vector<model::Tensor> tensors;
  };
  struct Control : runtime::RunControl {
    void Terminate() override {}
  };

  const std::int64_t first_;
  bool only_first_ = false;
  model::Signature signature_;
  runtime::GraphInfo graph_;
  mutable base::Mutex mu_;
  mutable std::vector<std::int64_t> batches_ GUARDED_BY(mu_);
};

}  // namespace moorage::servable
