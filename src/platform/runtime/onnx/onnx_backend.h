#pragma once

// The backend for ONNX models. Any thread may open models.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "foundation/base/memory_budget.h"
#include "platform/runtime/backend.h"
#include "platform/runtime/onnx/ort.h"

namespace moorage::runtime {

struct OnnxOptions {
  // Threads that work on one run. 1 is the caller's own thread and no other. A fault in another
  // thread is not known to belong to a run, so with more than 1 a division by zero ends the
  // process.
  int threads = 1;
  // What runs hold is charged to it. May be null, outlives the sessions and their outputs.
  base::MemoryBudget* memory = nullptr;
  // Called with what the library logs from warnings upwards, from any thread. May be empty. The
  // library never writes to stderr.
  std::function<void(std::string_view)> log;
};

// ONNX models in ONNX Runtime, on the CPU. No telemetry, no memory arena, no spinning threads, no
// files and no sockets. Weights outside the graph come from the artifact. A graph that refers to
// any other file is refused before the library reads it.
class OnnxBackend : public Backend {
 public:
  explicit OnnxBackend(OnnxOptions options = {});

  base::Result<std::unique_ptr<Session>> Open(const model::Artifact& artifact) override;
  std::string version() const override;

 private:
  Ort::SessionOptions MakeSessionOptions(const model::Artifact& artifact) const;

  const OnnxOptions options_;
  const Ort::Env env_;
};

}  // namespace moorage::runtime
