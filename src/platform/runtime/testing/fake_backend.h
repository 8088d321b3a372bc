#pragma once

// A backend for tests. Its model is a linear function that can fail and block.

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "foundation/base/mutex.h"
#include "platform/runtime/backend.h"

namespace moorage::runtime {

// What fake sessions do, and what was done with them. All sessions of a FakeBackend share it, and
// any thread may call any method.
class FakeScript {
 public:
  // Runs with a row whose first feature has this value fail with kInternal.
  void FailOnFirstFeature(float value) {
    const base::MutexLock lock(mutex_);
    fail_on_ = value;
  }
  // Open fails with this error until it is taken back with nothing.
  void FailOpen(std::optional<base::Error> error) {
    const base::MutexLock lock(mutex_);
    open_error_ = std::move(error);
  }
  // Runs that start from now on wait for Release().
  void Block() {
    const base::MutexLock lock(mutex_);
    blocked_ = true;
  }
  void Release() {
    const base::MutexLock lock(mutex_);
    blocked_ = false;
    changed_.notify_all();
  }
  // Returns once `count` runs have begun since the script was made.
  void AwaitRuns(std::size_t count) {
    base::MutexLock lock(mutex_);
    changed_.wait(lock.native(), [&] { return batches_.size() >= count; });
  }
  // The number of rows of every run so far, in the order of their beginning.
  std::vector<std::size_t> batches() const {
    const base::MutexLock lock(mutex_);
    return batches_;
  }

 private:
  friend class FakeSession;
  friend class FakeBackend;
  friend class FakeRunControl;

  mutable base::Mutex mutex_;
  std::condition_variable changed_;
  std::optional<float> fail_on_;
  std::optional<base::Error> open_error_;
  bool blocked_ = false;
  std::vector<std::size_t> batches_;
};

class FakeRunControl : public RunControl {
 public:
  explicit FakeRunControl(FakeScript& script) : script_(script) {}

  void Terminate() override {
    const base::MutexLock lock(script_.mutex_);
    terminated_ = true;
    script_.changed_.notify_all();
  }

 private:
  friend class FakeSession;
  FakeScript& script_;
  bool terminated_ = false;
};

// A model that is a linear function, from `input` FP32 [-1, features] to `label` INT64 [-1] and
// `probabilities` FP32 [-1, 2]. The probability of label 1 is the mean of the row's features. The
// label is 1 from a mean of 0.5 upwards.
class FakeSession : public Session {
 public:
  FakeSession(FakeScript& script, std::int64_t features) : script_(script) {
    using model::DataType;
    signature_.inputs = {{.name = "input", .type = DataType::kFp32, .shape = {-1, features}}};
    signature_.outputs = {{.name = "label", .type = DataType::kInt64, .shape = {-1}},
                          {.name = "probabilities", .type = DataType::kFp32, .shape = {-1, 2}}};
    graph_.producer = "fake";
  }

  const model::Signature& signature() const override { return signature_; }
  const GraphInfo& graph() const override { return graph_; }

  base::Result<Outputs> Run(std::span<const model::TensorView> inputs,
                            std::span<const std::size_t> wanted,
                            RunControl* control) const override {
    using base::Code;
    using base::Error;
    const std::int64_t features = signature_.inputs[0].shape[1];
    if (inputs.size() != 1 || inputs[0].type != model::DataType::kFp32 ||
        inputs[0].shape.size() != 2 || inputs[0].shape[1] != features) {
      return Error{Code::kInvalid, "input 'input': expected FP32 [-1," + std::to_string(features) +
                                       "], got something else"};
    }
    const auto rows = static_cast<std::size_t>(inputs[0].shape[0]);
    const auto width = static_cast<std::size_t>(features);
    std::vector<float> values(rows * width);
    if (inputs[0].bytes.size() != values.size() * sizeof(float)) {
      return Error{Code::kInvalid, "input 'input': its elements do not make its shape"};
    }
    if (!values.empty()) {
      std::memcpy(values.data(), inputs[0].bytes.data(), inputs[0].bytes.size());
    }
    RETURN_IF_ERROR(Begin(rows, static_cast<const FakeRunControl*>(control)));
    for (std::size_t row = 0; row < rows; ++row) {
      if (Fails(values[row * width])) return Error{Code::kInternal, "the model failed: as told"};
    }
    return Answer(values, rows, width, wanted);
  }

  std::unique_ptr<RunControl> MakeControl() const override {
    return std::make_unique<FakeRunControl>(script_);
  }

 private:
  struct Storage : Outputs::Storage {
    model::Tensor label;
    model::Tensor probabilities;
  };

  base::Status Begin(std::size_t rows, const FakeRunControl* control) const {
    base::MutexLock lock(script_.mutex_);
    script_.batches_.push_back(rows);
    script_.changed_.notify_all();
    const auto terminated = [&] { return control != nullptr && control->terminated_; };
    script_.changed_.wait(lock.native(), [&] { return !script_.blocked_ || terminated(); });
    if (!terminated()) return {};
    return base::Error{base::Code::kDeadline, "the model was stopped: its time is over"};
  }

  bool Fails(float first) const {
    const base::MutexLock lock(script_.mutex_);
    return script_.fail_on_ == first;
  }

  template <typename T>
  static void Append(model::Tensor& tensor, T value) {
    const auto bytes = std::as_bytes(std::span<const T, 1>(&value, 1));
    tensor.bytes.insert(tensor.bytes.end(), bytes.begin(), bytes.end());
  }

  static Outputs Answer(const std::vector<float>& values, std::size_t rows, std::size_t width,
                        std::span<const std::size_t> wanted) {
    auto storage = std::make_unique<Storage>();
    const auto n = static_cast<std::int64_t>(rows);
    storage->label = {.type = model::DataType::kInt64, .shape = {n}, .bytes = {}, .strings = {}};
    storage->probabilities = {
        .type = model::DataType::kFp32, .shape = {n, 2}, .bytes = {}, .strings = {}};
    for (std::size_t row = 0; row < rows; ++row) {
      float sum = 0;
      for (std::size_t i = 0; i < width; ++i) sum += values[row * width + i];
      const float mean = sum / static_cast<float>(width);
      Append<std::int64_t>(storage->label, mean >= 0.5F ? 1 : 0);
      Append<float>(storage->probabilities, 1 - mean);
      Append<float>(storage->probabilities, mean);
    }
    std::vector<model::TensorView> views = {storage->label.view(), storage->probabilities.view()};
    if (!wanted.empty()) {
      std::vector<model::TensorView> chosen;
      for (const std::size_t index : wanted) chosen.push_back(views.at(index));
      views = std::move(chosen);
    }
    return {std::move(views), std::move(storage)};
  }

  FakeScript& script_;
  model::Signature signature_;
  GraphInfo graph_;
};

// Opens any artifact as the linear function above. The script must outlive backend and sessions.
class FakeBackend : public Backend {
 public:
  explicit FakeBackend(FakeScript& script, std::int64_t features = 3)
      : script_(script), features_(features) {}

  base::Result<std::unique_ptr<Session>> Open(const model::Artifact& /*artifact*/) override {
    const base::MutexLock lock(script_.mutex_);
    if (script_.open_error_) return *script_.open_error_;
    return std::make_unique<FakeSession>(script_, features_);
  }
  std::string version() const override { return "fake 1.0.0"; }

 private:
  FakeScript& script_;
  const std::int64_t features_;
};

}  // namespace moorage::runtime
