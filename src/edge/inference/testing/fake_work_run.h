#pragma once

// The executor's side of work, on the thread of a test.

#include <span>

#include "domain/serving/lane/executor_work.h"
#include "domain/serving/servable/row_run.h"

namespace moorage::inference {

// Runs a servable at once. The test decides whether a client still waits.
class FakeWorkRun : public lane::WorkRun {
 public:
  explicit FakeWorkRun(servable::ServableHandle servable) : servable_(std::move(servable)) {}

  // From the check with this number on, counted from 1, no client waits.
  void LoseClientAt(std::size_t check) { lost_at_ = check; }
  std::size_t checks() const { return checks_; }
  std::size_t runs() const { return runs_; }

  base::Status Wanted() const override {
    if (++checks_ < lost_at_) return {};
    return base::Error{base::Code::kCancelled, "the client has gone"};
  }
  base::Result<runtime::Outputs> RunRows(servable::RowBuffers& rows,
                                         std::span<const std::size_t> wanted) override {
    ++runs_;
    return servable::RunOverRows(*servable_, rows, 0, rows.rows(), wanted, 32, nullptr);
  }
  base::Result<runtime::Outputs> RunTensors(std::span<const model::TensorView> inputs,
                                            std::span<const std::size_t> wanted) override {
    ++runs_;
    return servable_->session->Run(inputs, wanted, nullptr);
  }

 private:
  const servable::ServableHandle servable_;
  mutable std::size_t checks_ = 0;
  std::size_t lost_at_ = SIZE_MAX;
  std::size_t runs_ = 0;
};

// A body of its own for a large call.
inline api::OwnedBody OwnedText(std::string text) {
  auto memory = std::make_shared<const std::string>(std::move(text));
  const std::string_view view = *memory;
  return {std::move(memory), view, {}};
}

}  // namespace moorage::inference
