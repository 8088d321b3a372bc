#pragma once

// A session of ONNX Runtime. Any number of threads may run it.

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "foundation/base/error.h"
#include "foundation/base/memory_budget.h"
#include "foundation/model/names.h"
#include "platform/runtime/graph_info.h"
#include "platform/runtime/onnx/ort.h"
#include "platform/runtime/onnx/ort_signature.h"
#include "platform/runtime/session.h"

namespace moorage::runtime {

struct OutputMemory;

// A graph loaded in ONNX Runtime.
//
// The inputs of a run are used in place, except for strings, which are copied. Numeric outputs stay
// in the memory that the library allocated.
//
// A sequence of maps becomes a dense [N, C] tensor whose columns are the keys in ascending order,
// integers by value, strings by byte. That is the order of scikit-learn's classes_. Every row must
// have the same keys, else the run is kInternal. Where the labels of the graph ascend, zip_map.h
// avoids the maps.
class OnnxSession : public Session {
 public:
  // What runs hold is charged to `budget`, which may be null.
  OnnxSession(Ort::Session session, OrtSignature signature, GraphInfo graph, model::Digest digest,
              base::MemoryBudget* budget);

  const model::Signature& signature() const override { return signature_; }
  const GraphInfo& graph() const override { return graph_; }
  base::Result<Outputs> Run(std::span<const model::TensorView> inputs,
                            std::span<const std::size_t> wanted,
                            RunControl* control) const override;
  std::unique_ptr<RunControl> MakeControl() const override;

 private:
  base::Status CheckInputs(std::span<const model::TensorView> inputs) const;
  base::Result<model::TensorView> View(std::size_t output, const OrtValue* value,
                                       OutputMemory& memory) const;
  // Of a tensor that found no room in the budget.
  base::Error NoRoomFor(std::size_t bytes) const;
  base::Status CheckWanted(std::span<const std::size_t> wanted) const;

  // Constant after construction. Any number of threads may call Ort::Session::Run.
  mutable Ort::Session session_;
  const model::Signature signature_;
  const std::vector<EqualDimensions> equal_;
  const std::vector<bool> lowered_;
  const GraphInfo graph_;
  const model::Digest digest_;
  base::MemoryBudget* const budget_;  // may be null
  const Ort::MemoryInfo memory_;      // of the caller's tensors, plain CPU memory
  std::vector<const char*> input_names_;
  std::vector<const char*> output_names_;
};

}  // namespace moorage::runtime
