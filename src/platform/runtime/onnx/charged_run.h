#pragma once

// Charges what runs hold to a budget. ONNX Runtime asks for the memory of each tensor, so a graph
// cannot take more than there is, whatever a request makes it compute.

#include <cstddef>

#include "foundation/base/memory_budget.h"
#include "platform/runtime/onnx/ort.h"

namespace moorage::runtime {

// Tensors of fewer bytes are not charged, so a usual request pays nothing.
inline constexpr std::size_t kLeastChargedTensor = std::size_t{64} << 10U;

// Makes the sessions of `env` that use its allocators charge the tensors of their runs. A second
// call for the same environment changes nothing.
void ChargeTensors(const Ort::Env& env);

// While it exists, the tensors that runs on this thread take are charged to kModels. Each is
// charged until it is freed, by whichever thread. A tensor that finds no room ends the run.
//
//   ChargedRun run(memory);
//   OrtStatus* status = Ort::GetApi().Run(...);
//   if (run.refused() > 0) return NoRoomFor(run.refused());
class ChargedRun {
 public:
  // Null charges nothing.
  explicit ChargedRun(base::MemoryBudget* memory);
  ~ChargedRun();
  ChargedRun(const ChargedRun&) = delete;
  ChargedRun& operator=(const ChargedRun&) = delete;

  // Bytes of the tensor that found no room, or 0.
  std::size_t refused() const { return refused_; }

 private:
  friend struct TensorMemory;

  base::MemoryBudget* const memory_;
  ChargedRun* const outer_;
  std::size_t refused_ = 0;
};

}  // namespace moorage::runtime
