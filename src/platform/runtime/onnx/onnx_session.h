#pragma once

// A session of ONNX Runtime. Any number of threads may run it.

#include <memory>
#include <span>
#include <vector>

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
  OnnxSession(Ort::Session session, OrtSignature signature, GraphInfo graph, model::Digest digest);

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
  base::Status CheckWanted(std::span<const std::size_t> wanted) const;

  // Constant after construction. Any number of threads may call Ort::Session::Run.
  mutable Ort::Session session_;
  const model::Signature signature_;
  const std::vector<EqualDimensions> equal_;
  const std::vector<bool> lowered_;
  const GraphInfo graph_;
  const model::Digest digest_;
  const Ort::MemoryInfo memory_;  // of the caller's tensors, plain CPU memory
  std::vector<const char*> input_names_;
  std::vector<const char*> output_names_;
};

}  // namespace moorage::runtime
