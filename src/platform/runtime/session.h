#pragma once

// The interface of a loaded model. Session is what other rooms run.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/model/signature.h"
#include "foundation/model/tensor.h"
#include "platform/runtime/graph_info.h"

namespace moorage::runtime {

// The outputs of one run. The views are valid until this object is destroyed. The backend owns the
// memory behind them.
class Outputs {
 public:
  class Storage {
   public:
    virtual ~Storage() = default;
  };

  Outputs() = default;
  Outputs(std::vector<model::TensorView> tensors, std::unique_ptr<Storage> storage)
      : tensors_(std::move(tensors)), storage_(std::move(storage)) {}

  // One for each output asked for, in that order.
  std::span<const model::TensorView> tensors() const { return tensors_; }

 private:
  std::vector<model::TensorView> tensors_;
  std::unique_ptr<Storage> storage_;
};

// Stops a run from another thread. Made by the session that it will stop, and used for one run at a
// time.
class RunControl {
 public:
  virtual ~RunControl() = default;

  // Ends the run soon with kDeadline. A run that starts later ends at once. Safe from any thread.
  virtual void Terminate() = 0;
};

// An artifact loaded in a backend, ready to run. Stateless between runs, so any number of threads
// may call Run() at once.
class Session {
 public:
  virtual ~Session() = default;

  virtual const model::Signature& signature() const = 0;
  // The graph's own key-value metadata, producer and opsets, for `show` and for the manifest.
  virtual const GraphInfo& graph() const = 0;

  // Runs one batch. `inputs` correspond to signature().inputs one for one. An optional input that
  // the caller leaves out has a view with an empty shape and no bytes. `wanted` are ascending
  // indices into signature().outputs, or empty for all. kInvalid for shapes and types that do not
  // fit, kDeadline if terminated, kInternal for a fault inside the model. `control` may be null.
  virtual base::Result<Outputs> Run(std::span<const model::TensorView> inputs,
                                    std::span<const std::size_t> wanted,
                                    RunControl* control) const = 0;

  virtual std::unique_ptr<RunControl> MakeControl() const = 0;
};

}  // namespace moorage::runtime
