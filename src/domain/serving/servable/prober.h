#pragma once

// The interface of what makes reports on artifacts. An implementation that starts a process
// survives what a hostile graph does, which is in main. Any thread.

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/serving/servable/probe_report.h"
#include "foundation/base/cancel_token.h"
#include "foundation/base/clock.h"
#include "foundation/base/result.h"
#include "foundation/json/json.h"
#include "foundation/model/artifact.h"
#include "platform/runtime/backend.h"

namespace moorage::servable {

struct ProbeRequest {
  model::Artifact artifact;           // its manifest describes it
  std::vector<json::Json> rows = {};  // of reference data, each as `/predict` takes it
  base::CancelToken cancel = {};
  // By the wall clock, where it is less than what the prober allows itself.
  std::chrono::milliseconds limit = std::chrono::milliseconds::max();
};

class Prober {
 public:
  virtual ~Prober() = default;

  // Opens the bytes of an artifact, whose manifest is not read. Returns the errors of
  // Backend::Open, and kInvalid where opening ended the process of the trial.
  virtual base::Status TryOpen(const model::Artifact& artifact,
                               const base::CancelToken& cancel) = 0;

  // Opens the artifact and runs it. A trial that was ended is a report, too. Returns the errors of
  // Backend::Open, kInvalid if the manifest describes another model, kDeadline if the trial took
  // too long by the wall clock, and kUnavailable if it could not be started.
  virtual base::Result<ProbeReport> Probe(const ProbeRequest& request) = 0;

  virtual std::size_t batch_size() const = 0;  // the largest batch that is tried
};

// Runs trials in this process. For the process of a trial, and for tests.
class ProberHere : public Prober {
 public:
  // The references outlive it.
  ProberHere(runtime::Backend& backend, const base::Clock& clock, std::size_t batch_size,
             std::function<void(std::string_view)> step = {})
      : backend_(backend), clock_(clock), batch_size_(batch_size), step_(std::move(step)) {}

  base::Status TryOpen(const model::Artifact& artifact, const base::CancelToken& cancel) override;
  base::Result<ProbeReport> Probe(const ProbeRequest& request) override;
  std::size_t batch_size() const override { return batch_size_; }

 private:
  runtime::Backend& backend_;
  const base::Clock& clock_;
  const std::size_t batch_size_;
  const std::function<void(std::string_view)> step_;
};

// What a report is valid for, beside the artifact. Another version of the engine may choose other
// kernels, and so may a processor with other instructions.
struct ProbeKey {
  std::string engine;     // "onnxruntime 1.28.0, trial 2"
  std::string processor;  // "x86_64 avx512f"

  static ProbeKey Of(const runtime::Backend& backend);

  bool operator==(const ProbeKey&) const = default;
};

}  // namespace moorage::servable
