#pragma once

// Makes trial runs in a process of its own, which is this program with a hidden subcommand. Any
// thread, which is blocked until the process has ended.

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "control/trial/trial_message.h"
#include "domain/serving/servable/prober.h"
#include "platform/worker/child_process.h"

namespace moorage::trial {

// The bounds of the trial of an artifact. Pure.
worker::ChildLimits TrialLimitsOf(const model::Artifact& artifact,
                                  std::chrono::milliseconds wall_time);

// What the end of a process and its answer mean. Signals and bounds on memory and processor time
// are a report. A bound on wall time and a process that was killed from outside are errors, because
// they may be about the machine. Pure.
base::Result<servable::ProbeReport> ReadOutcome(const worker::ChildOutcome& outcome,
                                                const worker::ChildLimits& limits);

// The path of the program that runs.
std::string ThisProgram();

class TrialProcess : public servable::Prober {
 public:
  struct Options {
    std::size_t batch_size = 32;
    std::chrono::milliseconds wall_time{60'000};  // of each trial
    std::string executable = ThisProgram();
  };

  explicit TrialProcess(Options options) : options_(std::move(options)) {}

  base::Status TryOpen(const model::Artifact& artifact, const base::CancelToken& cancel) override;
  base::Result<servable::ProbeReport> Probe(const servable::ProbeRequest& request) override;
  std::size_t batch_size() const override { return options_.batch_size; }

 private:
  base::Result<servable::ProbeReport> Run(const TrialTask& task, std::chrono::milliseconds limit,
                                          const base::CancelToken& cancel) const;

  const Options options_;
};

}  // namespace moorage::trial
